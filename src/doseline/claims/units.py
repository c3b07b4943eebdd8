"""Billing units of an activity: whole becquerel, whole units, no rounding in between."""

from __future__ import annotations

from decimal import Decimal

from doseline.model.plain import plain_decimal
from doseline.physics.units import parse_activity_bq


def activity_bq(text: str) -> int:
    """The activity of a text such as ``7.4 GBq`` or ``200 mCi``, to the becquerel. [Bq]

    Raises:
        QuantityError: If the text is no activity.
    """
    return round(parse_activity_bq(text))


def started_units(activity: int, unit: int) -> int:
    """Units of an activity, a started unit counted as a whole one.

    Args:
        activity: What is billed. [Bq]
        unit: What one unit of the code is. [Bq]

    Returns:
        The smallest whole number of units that holds the activity. [1]

    >>> started_units(7_400_000_000, 37_000_000), started_units(5_900_000_000, 37_000_000)
    (200, 160)
    """
    return -(-activity // unit)


def discarded_units(given: int, discarded: int, unit: int) -> int:
    """Units of what was discarded, beside the started units of what was given.

    A vial of so many units is billed as so many units, whatever was given of it; the started unit
    is billed as given. Source: CMS Claims Processing Manual, chapter 17, section 40 (the unit that
    was started for the dose is not discarded).

    Args:
        given: What the patient got. [Bq]
        discarded: What was left over and discarded. [Bq]
        unit: What one unit of the code is. [Bq]

    Returns:
        Whole units of the discarded line; 0: none is billed. [1]

    >>> discarded_units(7_215_000_000, 185_000_000, 37_000_000)
    5
    """
    return started_units(given + discarded, unit) - started_units(given, unit)


def plain(number: Decimal) -> Decimal:
    """A number without zeros at its end.

    >>> plain(Decimal("200.00")), plain(Decimal("12.50"))
    (Decimal('200'), Decimal('12.5'))
    """
    return Decimal(plain_decimal(number))
