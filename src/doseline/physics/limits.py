"""Limits of law and guidance that the formulas of this layer need: each by date, with its source.

One small table, so that a number of the law stands in one place. Formulas take limits as
arguments; :func:`limit` finds the one in force on a day.

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
_CN_NOTE = "Read in a secondary note only; open the standard before relying on it."


def _us(
    name: str,
    value: float,
    unit: str,
    valid_from: date,
    source: str,
    *,
    confidence: str = "S1",
    note: str = _NOTE_49,
) -> Limit:
    """A limit of the United States."""
    return Limit(
        name=f"us.{name}",
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
_RG_8_39 = "NRC Regulatory Guide 8.39, equation 2 and B-1"

LIMITS: tuple[Limit, ...] = (
    _us("label.white_i.ti", 0.0, "TI", _CFR49_1996, _LABEL),
    _us("label.white_i.surface", 0.005, "mSv/h", _CFR49_1996, _LABEL),
    _us("label.yellow_ii.ti", 1.0, "TI", _CFR49_1996, _LABEL),
    _us("label.yellow_ii.surface", 0.5, "mSv/h", _CFR49_1996, _LABEL),
    _us("label.yellow_iii.ti", 10.0, "TI", _CFR49_1996, _LABEL),
    _us("label.yellow_iii.surface", 2.0, "mSv/h", _CFR49_1996, _LABEL),
    _us("label.exclusive.surface", 10.0, "mSv/h", _CFR49_1996, _LABEL),
    _us("ti.may_be_zero", 0.05, "TI", _CFR49_1996, "49 CFR 172.403(c), note 2"),
    _us("excepted.surface", 0.005, "mSv/h", _CFR49_1996, "49 CFR 173.421(b)", confidence="M"),
    _us("excepted.liquid", 1e-4, "A2", _CFR49_1996, "49 CFR 173.425, table 4", confidence="M"),
    _us("excepted.solid", 1e-3, "A2", _CFR49_1996, "49 CFR 173.425, table 4", confidence="M"),
    _us("excepted.solid_special", 1e-3, "A1", _CFR49_1996, "49 CFR 173.425, table 4", confidence="M"),
    _us("generic.beta.a1", 0.1, "TBq", _CFR49_2004, _GENERIC_A, confidence="M"),
    _us("generic.beta.a2", 0.02, "TBq", _CFR49_2004, _GENERIC_A, confidence="M"),
    _us("generic.alpha.a1", 0.2, "TBq", _CFR49_2004, _GENERIC_A, confidence="M"),
    _us("generic.alpha.a2", 9e-5, "TBq", _CFR49_2004, _GENERIC_A, confidence="M"),
    _us("generic.beta.exempt_concentration", 10.0, "Bq/g", _CFR49_2004, _GENERIC_EXEMPT, confidence="M"),
    _us("generic.beta.exempt", 1e4, "Bq", _CFR49_2004, _GENERIC_EXEMPT, confidence="M"),
    _us("generic.alpha.exempt_concentration", 0.1, "Bq/g", _CFR49_2004, _GENERIC_EXEMPT, confidence="M"),
    _us("generic.alpha.exempt", 1e3, "Bq", _CFR49_2004, _GENERIC_EXEMPT, confidence="M"),
    _us("vehicle.ti", 50.0, "TI", _CFR49_1996, "49 CFR 177.842(a)"),
    _us("vehicle.group_distance", 6.0, "m", _CFR49_1996, "49 CFR 177.842(b)"),
    _us("air.passenger.package_ti", 3.0, "TI", _CFR49_1996, _AIR),
    _us("air.passenger.total_ti", 50.0, "TI", _CFR49_1996, _AIR),
    _us("air.cargo.package_ti", 10.0, "TI", _CFR49_1996, _AIR),
    _us("air.cargo.total_ti", 200.0, "TI", _CFR49_1996, _AIR),
    _us("release.dose", 5.0, "mSv", date(1997, 5, 29), "10 CFR 35.75(a)"),
    _us("release.instructions", 1.0, "mSv", date(1997, 5, 29), "10 CFR 35.75(b)"),
    _us("release.occupancy", 0.25, "1", date(1997, 4, 1), _RG_8_39,
        note="At 1 m, for half-lives above one day; 1.0 for shorter ones."),
    _us("waste.longest_half_life", 120.0, "d", date(2002, 10, 24), "10 CFR 35.92(a)"),
    Limit(
        name="cn.release.i131_activity",
        value=400.0,
        unit="MBq",
        valid_from=date(2003, 4, 1),
        source="GB 18871-2002; kept by GBZ 120-2020 and HJ 1188-2021",
        confidence="M",
        note=_CN_NOTE,
    ),
    Limit(
        name="cn.release.dose_rate_1m",
        value=25.0,
        unit="µSv/h",
        valid_from=date(2021, 5, 1),
        source="GBZ 120-2020 (in force 2021-05-01), HJ 1188-2021 (in force 2021-11-01)",
        confidence="M",
        note=_CN_NOTE,
    ),
    Limit(
        name="cn.waste.half_lives",
        value=10.0,
        unit="half-lives",
        valid_from=date(2021, 11, 1),
        source="HJ 1188-2021 (solid waste; I-131 180 d)",
        confidence="M",
        note=_CN_NOTE,
    ),
)  # fmt: skip


def limit(name: str, *, on: date, limits: tuple[Limit, ...] = LIMITS) -> Limit:
    """The limit of this name that is in force on a day.

    Args:
        name: Name as in :data:`LIMITS`, e.g. ``"us.release.dose"``.
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
