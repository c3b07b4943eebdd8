"""Targets as a file of TOML says them: sections ``[[unknowns]]`` and ``[[targets]]``."""

from __future__ import annotations

import tomllib
from datetime import date
from typing import TYPE_CHECKING, Any, TypeGuard

from doseline.errors import BadInputError
from doseline.model.catalogue import BY_NAME
from doseline.model.ledger import LINKS
from doseline.model.variants import VARIABLE_KINDS
from doseline.study.calibrate.errors import BadTargetError, BadTargetsError, Said
from doseline.study.calibrate.targets import MEASURES, PRIORS, USES, Z90, Target, Targets, Unknown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from doseline.model.network import Network

_UNKNOWN = ("name", "factor", "prior", "low", "high", "source")
_TARGET = (
    *("name", "what", "value", "error", "low", "high", "use", "source"),
    *("product", "within_days", "links", "on"),
)


_TOO_LARGE = 1e15
_MISSING = Said("missing", "缺失")
_A_SECTION = Said("one section [[{}]] or more", "至少一个 [[{}]] 节")
_A_COLUMN = Said("a column of numbers, table.column", "数值列，写作 表.列")
_A_NUMBER = Said("a number", "数值")
_A_TEXT = Said("a text", "文本")
_ABOVE_0 = Said("a number above 0", "大于 0 的数值")
_ABOVE_LOW = Said("above low, {:g}", "大于 low，即 {:g}")
_AN_ERROR = Said("a standard error above 0, or low and high", "大于 0 的标准误，或 low 与 high")
_HOLDS = Said("a range from low to high that holds the value", "包含该数值的 low 至 high 区间")
_LINKS = Said("links, for days only: {}", "环节（仅用于天数）：{}")
_ONCE = Said("each once", "每个只能出现一次")
_ONE_FITTED = Said("'calibration' for one target at least", "至少一个目标为 'calibration'")
_ONLY_SHARE = Said("only with share_within", "仅用于 share_within")
_ONLY_WAITING = Said("a date, only with waiting", "日期，仅用于 waiting")


class NoTargetsError(BadInputError):
    """There is no file of targets, or it is no TOML."""

    def __init__(self, file: str, reason: str) -> None:
        self.file, self.reason = file, reason
        super().__init__(
            f"{file} cannot be read as targets: {reason}. Name another file, or correct this one."
        )


def read_targets(path: Path, network: Network) -> Targets:
    """Read a file of unknowns and targets for a network.

    Raises:
        NoTargetsError: If there is no such file, or it is no TOML.
        BadTargetsError: If a value cannot be used.
    """
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise NoTargetsError(str(path), error.strerror or type(error).__name__) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise NoTargetsError(str(path), str(error)) from error
    reader = _Reader(network)
    found = Targets(
        unknowns=tuple(reader.unknown(*row) for row in reader.rows(tree, "unknowns", _UNKNOWN)),
        targets=tuple(reader.target(*row) for row in reader.rows(tree, "targets", _TARGET)),
    )
    reader.once("unknowns name", [one.name for one in found.unknowns])
    reader.once("unknowns factor", [one.factor for one in found.unknowns])
    reader.once("targets name", [one.name for one in found.targets])
    if found.targets:
        fitted = bool(found.used_for("calibration"))
        reader.check("targets use", "validation", fitted, _ONE_FITTED)
    if reader.faults:
        raise BadTargetsError(str(path), reader.faults)
    return found


class _Reader:
    """Reads rows and keeps what is wrong with them."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self.faults: list[BadTargetError] = []

    def rows(
        self, tree: dict[str, Any], section: str, known: tuple[str, ...]
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """Rows of a section, each with where it stands."""
        rows = tree.get(section)
        if not isinstance(rows, list) or not rows:
            rows = []
            self.check(section, None, False, _A_SECTION.about(section))
        for number, row in enumerate(rows, start=1):
            place = f"{section} {number}"
            if not isinstance(row, dict):
                self.check(place, row, False, _A_SECTION.about(section))
                continue
            for key in row:
                self.check(f"{place} field", key, key in known, ", ".join(known))
            yield place, row

    def unknown(self, place: str, row: dict[str, Any]) -> Unknown:
        """One unknown."""
        factors = {
            f"{table}.{column.name}"
            for table, about in BY_NAME.items()
            for column in about.columns
            if column.kind in VARIABLE_KINDS
        }
        factor = self._text(place, row, "factor")
        if factor:
            self._among(place, row, "factor", factors, _A_COLUMN)
        prior = self._among(place, row, "prior", PRIORS)
        low, high = self._number(place, row, "low"), self._number(place, row, "high")
        if low is not None:
            least = low > 0 or (prior == "uniform" and low >= 0)
            self.check(f"{place} low", low, least, _ABOVE_0)
        if low is not None and high is not None:
            self.check(f"{place} high", high, high > low, _ABOVE_LOW.about(low))
        return Unknown(
            name=self._text(place, row, "name"),
            factor=factor,
            prior=prior,
            low=low or 0.0,
            high=high or 0.0,
            source=self._text(place, row, "source"),
        )

    def target(self, place: str, row: dict[str, Any]) -> Target:
        """One target."""
        what = self._among(place, row, "what", MEASURES)
        products = self._network.frame("products")["product"].to_list()
        product = None
        if "product" in row:
            product = self._among(place, row, "product", products)
        return Target(
            name=self._text(place, row, "name"),
            what=what,
            value=self._number(place, row, "value") or 0.0,
            error=self._error(place, row),
            use=self._among(place, row, "use", USES),
            source=self._text(place, row, "source"),
            product=product,
            within_days=self._within(place, row, what),
            links=self._links(place, row, what),
            on=self._on(place, row, what),
        )

    def once(self, place: str, names: list[str]) -> None:
        """Keep each name that is there twice."""
        for name in dict.fromkeys(names):
            self.check(place, name, not name or names.count(name) == 1, _ONCE)

    def check(self, place: str, found: object, good: object, allowed: str | Said) -> None:
        """Keep what is wrong with a value."""
        if not good:
            told = _MISSING if found is None else f"'{found}'"
            self.faults.append(BadTargetError(place, told, allowed))

    def _within(self, place: str, row: dict[str, Any], what: str) -> float | None:
        """Days of a share in time."""
        if what == "share_within":
            days = self._number(place, row, "within_days")
            self.check(f"{place} within_days", days, days is None or days > 0, _ABOVE_0)
            return days
        self.check(
            f"{place} within_days",
            row.get("within_days"),
            not what or "within_days" not in row,
            _ONLY_SHARE,
        )
        return None

    def _links(self, place: str, row: dict[str, Any], what: str) -> tuple[str, ...]:
        """Links of a time."""
        links = row.get("links", [])
        listed = isinstance(links, list) and all(one in LINKS for one in links)
        timed = not links or what in {"", "median_days", "mean_days"}
        self.check(f"{place} links", links, listed and timed, _LINKS.about(", ".join(LINKS)))
        return tuple(links) if listed else ()

    def _on(self, place: str, row: dict[str, Any], what: str) -> date | None:
        """Day of a waiting list."""
        on = row.get("on")
        dated = on is None or (what in {"", "waiting"} and type(on) is date)
        self.check(f"{place} on", on, dated, _ONLY_WAITING)
        return on if dated else None

    def _error(self, place: str, row: dict[str, Any]) -> float:
        """The standard error, or that of a 90 % range."""
        if "error" in row or not {"low", "high"} & set(row):
            error = self._number(place, row, "error", _AN_ERROR)
            self.check(f"{place} error", error, error is None or error > 0, _AN_ERROR)
            return error or 0.0
        low, high = self._number(place, row, "low"), self._number(place, row, "high")
        value = row.get("value")
        if low is None or high is None or not _is_number(value):
            return 0.0
        holds = low <= value <= high and low < high
        self.check(f"{place} low", low, holds, _HOLDS)
        return (high - low) / (2.0 * Z90)

    def _number(
        self, place: str, row: dict[str, Any], key: str, allowed: str | Said | None = None
    ) -> float | None:
        value = row.get(key)
        if _is_number(value):
            return float(value)
        self.check(f"{place} {key}", value, False, allowed or _A_NUMBER)
        return None

    def _text(self, place: str, row: dict[str, Any], key: str) -> str:
        value = row.get(key)
        good = isinstance(value, str) and bool(value)
        self.check(f"{place} {key}", value, good, _A_TEXT)
        return str(value) if good else ""

    def _among(
        self,
        place: str,
        row: dict[str, Any],
        key: str,
        known: Collection[str],
        allowed: Said | None = None,
    ) -> str:
        value = row.get(key)
        good = isinstance(value, str) and value in known
        self.check(f"{place} {key}", value, good, allowed or ", ".join(known))
        return str(value) if good else ""


def _is_number(value: object) -> TypeGuard[int | float]:
    """Whether a value is a finite number of some size, and no truth value."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) < _TOO_LARGE
