"""Targets as a file of TOML says them: sections ``[[unknowns]]`` and ``[[targets]]``."""

from __future__ import annotations

import tomllib
from datetime import date
from typing import TYPE_CHECKING, Any

from doseline.errors import BadInputError
from doseline.model.catalogue import BY_NAME
from doseline.model.ledger import LINKS
from doseline.model.variants import VARIABLE_KINDS
from doseline.study.calibrate.errors import BadTargetsError
from doseline.study.calibrate.targets import MEASURES, PRIORS, USES, Z90, Target, Targets, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from doseline.model.network import Network

_UNKNOWN = ("name", "factor", "prior", "low", "high", "source")
_TARGET = (
    *("name", "what", "value", "error", "low", "high", "use", "source"),
    *("product", "within_days", "links", "on"),
)


class NoTargetsError(BadInputError):
    """There is no file of targets, or it is no TOML."""

    def __init__(self, file: str, reason: str) -> None:
        self.file, self.reason = file, reason
        super().__init__(f"{file} cannot be read as targets: {reason}.")


def read_targets(path: Path, network: Network) -> Targets:
    """Read a file of unknowns and targets for a network.

    Raises:
        NoTargetsError: If there is no such file, or it is no TOML.
        BadTargetsError: If a value cannot be used.
    """
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise NoTargetsError(path.name, error.strerror or type(error).__name__) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise NoTargetsError(path.name, str(error)) from error
    reader = _Reader(path.name, network)
    unknowns = [reader.unknown(place, row) for place, row in reader.rows(tree, "unknowns")]
    targets = [reader.target(place, row) for place, row in reader.rows(tree, "targets")]
    found = Targets(unknowns=tuple(unknowns), targets=tuple(targets))
    reader.once("unknowns.name", [one.name for one in unknowns])
    reader.once("unknowns.factor", [one.factor for one in unknowns])
    reader.once("targets.name", [one.name for one in targets])
    if not found.used_for("calibration"):
        raise BadTargetsError(path.name, "targets.use", "", "'calibration' for one target at least")
    return found


class _Reader:
    """Reads rows and says what is wrong with them."""

    def __init__(self, file: str, network: Network) -> None:
        self._file, self._network = file, network

    def rows(self, tree: dict[str, Any], section: str) -> Iterable[tuple[str, dict[str, Any]]]:
        """Rows of a section, each with where it stands."""
        rows = tree.get(section)
        if not isinstance(rows, list) or not rows:
            raise BadTargetsError(self._file, section, "", f"one section [[{section}]] or more")
        known = _UNKNOWN if section == "unknowns" else _TARGET
        for number, row in enumerate(rows, start=1):
            for key in row:
                if key not in known:
                    place = f"{section} {number}"
                    raise BadTargetsError(self._file, place, f"'{key}'", ", ".join(known))
            yield f"{section} {number}", row

    def unknown(self, place: str, row: dict[str, Any]) -> Unknown:
        """One unknown."""
        factors = {
            f"{table}.{column.name}"
            for table, about in BY_NAME.items()
            for column in about.columns
            if column.kind in VARIABLE_KINDS
        }
        factor = self._text(place, row, "factor")
        self._check(place, "factor", factor, factor in factors, "a column of numbers, table.column")
        prior = self._among(place, row, "prior", PRIORS)
        low, high = self._number(place, row, "low"), self._number(place, row, "high")
        least = low > 0 or (prior == "uniform" and low >= 0)
        self._check(place, "low", low, least, "a factor above 0")
        self._check(place, "high", high, high > low, f"above low, {low:g}")
        return Unknown(
            name=self._text(place, row, "name"),
            factor=factor,
            prior=prior,
            low=low,
            high=high,
            source=self._text(place, row, "source"),
        )

    def target(self, place: str, row: dict[str, Any]) -> Target:
        """One target."""
        what = self._among(place, row, "what", MEASURES)
        products = self._network.frame("products")["product"].to_list()
        product, links = row.get("product"), row.get("links", [])
        within, on = row.get("within_days"), row.get("on")
        known = product is None or product in products
        self._check(place, "product", product, known, ", ".join(products))
        listed = isinstance(links, list) and set(links) <= set(LINKS)
        timed = not links or what in {"median_days", "mean_days"}
        self._check(place, "links", links, listed and timed, f"links of times: {', '.join(LINKS)}")
        if what == "share_within":
            within = self._number(place, row, "within_days")
        else:
            self._check(place, "within_days", within, within is None, "only with share_within")
        dated = on is None or (what == "waiting" and isinstance(on, date))
        self._check(place, "on", on, dated, "a date, only with waiting")
        return Target(
            name=self._text(place, row, "name"),
            what=what,
            value=self._number(place, row, "value"),
            error=self._error(place, row),
            use=self._among(place, row, "use", USES),
            source=self._text(place, row, "source"),
            product=product,
            within_days=within,
            links=tuple(links),
            on=on,
        )

    def once(self, place: str, names: list[str]) -> None:
        """Refuse a name that is there twice."""
        for name in names:
            self._check(place, "", name, names.count(name) == 1, "each once")

    def _error(self, place: str, row: dict[str, Any]) -> float:
        """The standard error, or that of a 90 % range."""
        if "error" in row:
            error = self._number(place, row, "error")
        else:
            low, high = self._number(place, row, "low"), self._number(place, row, "high")
            value = self._number(place, row, "value")
            self._check(place, "low", low, low <= value <= high, "a range that holds the value")
            error = (high - low) / (2.0 * Z90)
        self._check(place, "error", error, error > 0, "a standard error above 0, or low and high")
        return error

    def _number(self, place: str, row: dict[str, Any], key: str) -> float:
        value = row.get(key)
        plain = isinstance(value, int | float) and not isinstance(value, bool)
        self._check(place, key, value, plain and abs(float(value or 0)) < 1e15, "a number")
        return float(value or 0)

    def _text(self, place: str, row: dict[str, Any], key: str) -> str:
        value = row.get(key)
        self._check(place, key, value, isinstance(value, str) and bool(value), "a text")
        return str(value)

    def _among(self, place: str, row: dict[str, Any], key: str, allowed: tuple[str, ...]) -> str:
        value = row.get(key)
        self._check(place, key, value, value in allowed, ", ".join(allowed))
        return str(value)

    def _check(self, place: str, key: str, found: object, good: object, allowed: str) -> None:
        if not good:
            told = "" if found is None else f"'{found}'"
            raise BadTargetsError(self._file, f"{place} {key}".strip(), told, allowed)
