"""Limits of packages and vehicles that the formulas of this layer need, by date, with their source.

The figures are those of 49 CFR, which follows the IAEA transport regulations (SSR-6) that other
countries follow too. What differs nationally, such as patient release, is a rulebook's. Formulas
take limits as arguments; :func:`limit` finds the one in force on a day.

Confidence: S1 official text (or a faithful copy), S2 secondary source, C computed, M from memory
with the primary source named (verify before relying on it).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from doseline.physics.errors import NoSuchLimitError


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One number of a rule, valid from a day until another replaces it."""

    name: str
    value: float
    unit: str
    valid_from: date
    source: str
    confidence: str
    valid_until: date | None = None
    """First day on which it no longer holds."""
    note: str = ""


_CFR49_1996 = date(1996, 4, 1)
_CFR49_2004 = date(2004, 10, 1)
_NOTE_49 = "The day is that of the rule that brought the present form; from memory."


def _limit(
    name: str,
    value: float,
    unit: str,
    valid_from: date,
    source: str,
    *,
    confidence: str = "S1",
    note: str = _NOTE_49,
) -> Limit:
    """A limit that 49 CFR states."""
    return Limit(
        name=name,
        value=value,
        unit=unit,
        valid_from=valid_from,
        source=source,
        confidence=confidence,
        note=note,
    )


_LABEL = "49 CFR 172.403(c)"
_GENERIC_A = "49 CFR 173.433(b), table 7"
_GENERIC_EXEMPT = "49 CFR 173.433(b), table 8"
_AIR = "49 CFR 175.700(a), (b)"

LIMITS: tuple[Limit, ...] = (
    _limit("label.white_i.ti", 0.0, "TI", _CFR49_1996, _LABEL),
    _limit("label.white_i.surface", 0.005, "mSv/h", _CFR49_1996, _LABEL),
    _limit("label.yellow_ii.ti", 1.0, "TI", _CFR49_1996, _LABEL),
    _limit("label.yellow_ii.surface", 0.5, "mSv/h", _CFR49_1996, _LABEL),
    _limit("label.yellow_iii.ti", 10.0, "TI", _CFR49_1996, _LABEL),
    _limit("label.yellow_iii.surface", 2.0, "mSv/h", _CFR49_1996, _LABEL),
    _limit("label.exclusive.surface", 10.0, "mSv/h", _CFR49_1996, _LABEL),
    _limit("ti.may_be_zero", 0.05, "TI", _CFR49_1996, "49 CFR 172.403(c), note 2"),
    _limit("excepted.surface", 0.005, "mSv/h", _CFR49_1996, "49 CFR 173.421(b)", confidence="M"),
    _limit("excepted.liquid", 1e-4, "A2", _CFR49_1996, "49 CFR 173.425, table 4", confidence="M"),
    _limit("excepted.solid", 1e-3, "A2", _CFR49_1996, "49 CFR 173.425, table 4", confidence="M"),
    _limit("excepted.solid_special", 1e-3, "A1", _CFR49_1996, "49 CFR 173.425, table 4", confidence="M"),
    _limit("generic.beta.a1", 0.1, "TBq", _CFR49_2004, _GENERIC_A, confidence="M"),
    _limit("generic.beta.a2", 0.02, "TBq", _CFR49_2004, _GENERIC_A, confidence="M"),
    _limit("generic.alpha.a1", 0.2, "TBq", _CFR49_2004, _GENERIC_A, confidence="M"),
    _limit("generic.alpha.a2", 9e-5, "TBq", _CFR49_2004, _GENERIC_A, confidence="M"),
    _limit("generic.beta.exempt_concentration", 10.0, "Bq/g", _CFR49_2004, _GENERIC_EXEMPT, confidence="M"),
    _limit("generic.beta.exempt", 1e4, "Bq", _CFR49_2004, _GENERIC_EXEMPT, confidence="M"),
    _limit("generic.alpha.exempt_concentration", 0.1, "Bq/g", _CFR49_2004, _GENERIC_EXEMPT, confidence="M"),
    _limit("generic.alpha.exempt", 1e3, "Bq", _CFR49_2004, _GENERIC_EXEMPT, confidence="M"),
    _limit("vehicle.ti", 50.0, "TI", _CFR49_1996, "49 CFR 177.842(a)"),
    _limit("vehicle.group_distance", 6.0, "m", _CFR49_1996, "49 CFR 177.842(b)"),
    _limit("air.passenger.package_ti", 3.0, "TI", _CFR49_1996, _AIR),
    _limit("air.passenger.total_ti", 50.0, "TI", _CFR49_1996, _AIR),
    _limit("air.cargo.package_ti", 10.0, "TI", _CFR49_1996, _AIR),
    _limit("air.cargo.total_ti", 200.0, "TI", _CFR49_1996, _AIR),
)  # fmt: skip


def limit(name: str, *, on: date, limits: tuple[Limit, ...] = LIMITS) -> Limit:
    """The limit of this name that is in force on a day.

    Args:
        name: Name as in :data:`LIMITS`, e.g. ``"vehicle.ti"``.
        on: The day.
        limits: Where to look; a what-if passes its own.

    Raises:
        NoSuchLimitError: If none is in force on that day.
    """
    valid = [
        entry
        for entry in limits
        if entry.name == name
        and entry.valid_from <= on
        and (entry.valid_until is None or on < entry.valid_until)
    ]
    if not valid:
        raise NoSuchLimitError(name, on)
    return max(valid, key=lambda entry: entry.valid_from)
