"""Units of measure in UCUM, as far as records of radioligand therapy need them, compared exactly."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal

_PREFIX = {
    "": 0, "p": -12, "n": -9, "u": -6, "m": -3, "c": -2, "d": -1, "k": 3, "M": 6, "G": 9, "T": 12
}  # fmt: skip
_ATOM: dict[str, tuple[Fraction, str]] = {
    "Bq": (Fraction(1), "Bq"),
    "Ci": (Fraction(37_000_000_000), "Bq"),  # 1 Ci = 3.7e10 Bq, exactly (UCUM, BIPM)
    "g": (Fraction(1), "g"),
    "L": (Fraction(1), "L"),
    "l": (Fraction(1), "L"),
    "mol": (Fraction(1), "mol"),
    "s": (Fraction(1), "s"),
}
_WHOLE: dict[str, tuple[Fraction, str]] = {
    "min": (Fraction(60), "s"),
    "h": (Fraction(3600), "s"),
    "d": (Fraction(86_400), "s"),
    "%": (Fraction(1, 100), ""),
    "1": (Fraction(1), ""),
    "{score}": (Fraction(1), ""),
}
"""Units that bear no prefix."""
_POWER = re.compile(r"10[*^](\d{1,2})")

Unit = tuple[Fraction, tuple[tuple[str, int], ...]]
"""How many base units it is, and the powers of the base units."""


def unit_of(code: str) -> Unit | None:
    """What a UCUM code stands for, or none if it is not one of those known here.

    An annotation such as ``/{1.73_m2}`` changes what a clinician means, so it is not known.

    >>> unit_of("mCi") == (Fraction(37_000_000), (("Bq", 1),))
    True
    >>> unit_of("10*9/L") == unit_of("10*3/uL")
    True
    >>> unit_of("K/uL") is None
    True
    """
    factor, powers = Fraction(1), dict[str, int]()
    for place, part in enumerate(code.split("/")):
        sign = -1 if place else 1
        if not part and not place and code != part:
            continue  # "/uL" is one by the microlitre
        found = _part(part)
        if found is None:
            return None
        factor *= found[0] ** sign
        if found[1]:
            powers[found[1]] = powers.get(found[1], 0) + sign
    return factor, tuple(sorted((name, power) for name, power in powers.items() if power))


def converted(amount: Decimal, unit: str, wanted: str) -> Fraction | None:
    """The amount in another unit, exactly; none if the two cannot be compared.

    >>> from decimal import Decimal
    >>> converted(Decimal("200"), "mCi", "GBq") == Fraction("7.4")
    True
    >>> converted(Decimal("1"), "g/dL", "mol/L") is None
    True
    """
    if unit == wanted:
        return Fraction(amount)
    found, asked = unit_of(unit), unit_of(wanted)
    if found is None or asked is None or found[1] != asked[1]:
        return None
    return Fraction(amount) * found[0] / asked[0]


def _part(text: str) -> tuple[Fraction, str] | None:
    power = _POWER.fullmatch(text)
    if power:
        return Fraction(10) ** int(power[1]), ""
    if text in _WHOLE:
        return _WHOLE[text]
    for length in (0, 1):
        prefix, atom = text[:length], text[length:]
        if prefix in _PREFIX and atom in _ATOM:
            factor, base = _ATOM[atom]
            return factor * Fraction(10) ** _PREFIX[prefix], base
    return None
