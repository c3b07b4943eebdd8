"""Quantities as people write them, and as the inside counts them: Bq, h, mL.

No number enters without its unit. Parsing is exact (decimal), so "200 mCi" is 7.4 GBq to the
last digit; 1 Ci = 3.7e10 Bq by definition (SI Brochure, 9th edition, table 8 of its annexes).
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from doseline.physics.errors import QuantityError

if TYPE_CHECKING:
    from collections.abc import Mapping

BQ_PER_CI = Decimal(37_000_000_000)
HOURS_PER_YEAR = Decimal("8765.8128")
"""Tropical year of 365.2422 d, as NUBASE2020 counts half-lives. [h]"""

_BQ_PREFIX: Mapping[str, Decimal] = {
    "": Decimal(1),
    "k": Decimal(10) ** 3,
    "M": Decimal(10) ** 6,
    "G": Decimal(10) ** 9,
    "T": Decimal(10) ** 12,
    "P": Decimal(10) ** 15,
}
_CI_PREFIX: Mapping[str, Decimal] = {
    "": Decimal(1),
    "k": Decimal(10) ** 3,
    "m": Decimal(10) ** -3,
    "u": Decimal(10) ** -6,
    "n": Decimal(10) ** -9,
}
_HOURS: Mapping[str, Decimal] = {
    "s": 1 / Decimal(3600),
    "sec": 1 / Decimal(3600),
    "min": 1 / Decimal(60),
    "h": Decimal(1),
    "hr": Decimal(1),
    "hour": Decimal(1),
    "hours": Decimal(1),
    "d": Decimal(24),
    "day": Decimal(24),
    "days": Decimal(24),
    "wk": Decimal(168),
    "week": Decimal(168),
    "weeks": Decimal(168),
    "y": HOURS_PER_YEAR,
    "yr": HOURS_PER_YEAR,
    "year": HOURS_PER_YEAR,
    "years": HOURS_PER_YEAR,
}
_ML: Mapping[str, Decimal] = {
    "ul": Decimal("0.001"),
    "ml": Decimal(1),
    "l": Decimal(1000),
}
_LARGEST = Decimal(10) ** 30
_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?"
_QUANTITY = re.compile(
    rf"({_NUMBER}|[+-]?(?:nan|inf(?:inity)?))\s*([^\d\s.+-][^\s]*)?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, order=True)
class Activity:
    """An activity, not negative.

    >>> Activity.parse("200 mCi")
    Activity(bq=7400000000.0)
    >>> str(Activity.parse("7.4 GBq"))
    '7.4 GBq (200 mCi)'
    """

    bq: float
    """Activity. [Bq]"""

    def __post_init__(self) -> None:
        if not (math.isfinite(self.bq) and self.bq >= 0):
            raise QuantityError(
                f"{self.bq} Bq",
                kind="activity",
                problem="not_finite_or_negative",
                example="7.4 GBq",
            )

    @classmethod
    def parse(cls, text: str) -> Activity:
        """Read an activity with its unit.

        Raises:
            QuantityError: If the number or the unit is missing, unknown, negative or not finite.
        """
        return cls(parse_activity_bq(text))

    @property
    def gbq(self) -> float:
        """Activity [GBq]."""
        return self.bq / 1e9

    @property
    def mci(self) -> float:
        """Activity [mCi]."""
        return self.bq / 3.7e7

    def __str__(self) -> str:
        return format_activity(self.bq)


def parse_activity_bq(text: str) -> float:
    """Activity that a text such as "7.4 GBq", "200 mCi" or "5 µCi" names [Bq].

    Raises:
        QuantityError: If the number or the unit is missing, unknown, negative or not finite.

    >>> parse_activity_bq("200 mCi") == parse_activity_bq("7.4 GBq") == 7.4e9
    True
    """
    number, unit = _split(text, kind="activity", example="7.4 GBq")
    return float(number * _activity_unit_bq(text, unit))


def parse_duration_h(text: str) -> float:
    """Duration that a text such as "120.66h", "3 d", "45 min" or "1 d 6 h" names [h].

    Raises:
        QuantityError: If the number or the unit is missing, unknown, negative or not finite.
    """
    example = "120.66 h"
    total = Decimal(0)
    for part in _parts(text):
        number, unit = _split(part, kind="duration", example=example, whole=text)
        total += number * _unit(text, unit, _HOURS, kind="duration", example=example)
    return float(total)


def parse_volume_ml(text: str) -> float:
    """Volume that a text such as "12.5 mL" names [mL].

    Raises:
        QuantityError: If the number or the unit is missing, unknown, negative or not finite.
    """
    number, unit = _split(text, kind="volume", example="12.5 mL")
    return float(number * _unit(text, unit, _ML, kind="volume", example="12.5 mL"))


def parse_concentration_bq_ml(text: str) -> float:
    """Activity per volume that a text such as "1 GBq/mL" names [Bq/mL].

    Raises:
        QuantityError: If the number or a unit is missing, unknown, negative or not finite.
    """
    kind, example = "concentration", "1 GBq/mL"
    number, unit = _split(text, kind=kind, example=example)
    activity, slash, volume = unit.partition("/")
    if not slash:
        raise QuantityError(text, kind=kind, problem="no_volume", example=example)
    per_ml = _unit(text, volume, _ML, kind=kind, example=example)
    per_unit = _activity_unit_bq(text, activity, kind=kind, example=example)
    return float(number * per_unit / per_ml)


def format_activity(activity_bq: float, *, digits: int = 4) -> str:
    """An activity in becquerel and, in brackets, in curie, without trailing zeros.

    >>> format_activity(6.77e9)
    '6.77 GBq (183 mCi)'
    """
    in_bq = _scaled(activity_bq, "Bq", (("T", 1e12), ("G", 1e9), ("M", 1e6), ("k", 1e3)), digits)
    in_ci = _scaled(
        activity_bq / 3.7e10,
        "Ci",
        (("k", 1e3), ("", 1.0), ("m", 1e-3), ("µ", 1e-6), ("n", 1e-9)),
        digits,
    )
    return f"{in_bq} ({in_ci})"


def format_duration(duration_h: float) -> str:
    """A duration in the unit a person would choose, without trailing zeros.

    >>> format_duration(159.46), format_duration(3.05), format_duration(0.5)
    ('6.644 d', '3.05 h', '30 min')
    """
    units = (
        ("y", float(HOURS_PER_YEAR), float(HOURS_PER_YEAR)),
        ("d", 72.0, 24.0),
        ("h", 1.0, 1.0),
        ("min", 1 / 60, 1 / 60),
        ("s", 1 / 3600, 1 / 3600),
        ("ms", 1e-3 / 3600, 1e-3 / 3600),
        ("µs", 1e-6 / 3600, 1e-6 / 3600),
    )
    for unit, smallest_h, unit_h in units:
        if duration_h >= smallest_h:
            return f"{_plain(duration_h / unit_h, 4)} {unit}"
    return f"{_plain(duration_h * 3.6e12, 4)} ns"


def _scaled(value: float, base: str, scales: tuple[tuple[str, float], ...], digits: int) -> str:
    """The value under the largest prefix that leaves at least 1 after rounding."""
    for prefix, scale in scales:
        shown = float(f"{value / scale:.{digits}g}")
        if shown >= 1:
            return f"{_plain(shown, digits)} {prefix}{base}"
    prefix, scale = ("", 1.0) if base == "Bq" else scales[-1]
    return f"{_plain(value / scale, digits)} {prefix}{base}"


def _plain(value: float, digits: int) -> str:
    """The value to some significant digits, without exponent while that is readable."""
    text = f"{value:.{digits}g}"
    return f"{float(text):.0f}" if "e+" in text else text


def _parts(text: str) -> list[str]:
    """Each "number unit" of a compound duration such as "1 d 6 h"."""
    plain = unicodedata.normalize("NFKC", text).strip()
    found = re.findall(rf"{_NUMBER}\s*[^\d\s.+-]+", plain)
    return (
        found if len(found) > 1 and "".join(found) == re.sub(r"\s+(?=[\d.])", "", plain) else [text]
    )


def _split(text: str, *, kind: str, example: str, whole: str | None = None) -> tuple[Decimal, str]:
    """The number and the unit of a text.

    Raises:
        QuantityError: If there is no finite number of zero or more, or no unit.
    """

    def wrong(problem: str) -> QuantityError:
        return QuantityError(whole or text, kind=kind, problem=problem, example=example)

    match = _QUANTITY.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if match is None:
        raise wrong("comma" if "," in text else "no_quantity")
    number = Decimal(match[1])
    if not number.is_finite():
        raise wrong("not_finite")
    if number < 0:
        raise wrong("negative")
    if number > _LARGEST:
        raise wrong("too_large")
    if not match[2]:
        raise wrong("no_unit")
    return number, match[2]


def _activity_unit_bq(
    text: str, unit: str, *, kind: str = "activity", example: str = "7.4 GBq"
) -> Decimal:
    """One of this unit [Bq].

    The prefix must be exact where upper and lower case differ in meaning (m, M).

    Raises:
        QuantityError: If the unit is not one of activity.
    """
    prefix, base = unit[:-2].replace("μ", "u"), unit[-2:].lower()
    if base == "bq" and (known := _prefix(prefix, _BQ_PREFIX)) is not None:
        return known
    if base == "ci" and (known := _prefix(prefix, _CI_PREFIX)) is not None:
        return known * BQ_PER_CI
    near = {"mbq": "megabecquerel", "mci": "millicurie"}
    raise QuantityError(
        text,
        kind=kind,
        problem=near.get(unit.lower(), "unknown_unit"),
        example=example,
        unit=unit,
        known="Bq, kBq, MBq, GBq, TBq, PBq, Ci, mCi, uCi, nCi",
    )


def _prefix(prefix: str, factors: Mapping[str, Decimal]) -> Decimal | None:
    """The factor of a prefix; another case is forgiven where it can mean nothing else."""
    if prefix.lower() in {"m", "p"}:
        return factors.get(prefix)
    return factors.get(prefix, factors.get(prefix.swapcase()))


def _unit(
    text: str, unit: str, factors: Mapping[str, Decimal], *, kind: str, example: str
) -> Decimal:
    """The factor of a unit, whatever its case.

    Raises:
        QuantityError: If the unit is unknown.
    """
    factor = factors.get(unit.lower().replace("μ", "u"))
    if factor is None:
        raise QuantityError(
            text,
            kind=kind,
            problem="minutes_or_months" if unit == "m" else "unknown_unit",
            example=example,
            unit=unit,
            known=", ".join(factors),
        )
    return factor
