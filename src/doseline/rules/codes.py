"""Billing codes of a rulebook: what a claim must say of a code, for whoever writes or checks one."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from datetime import date

    from doseline.rules.parameter import Text

CodeKind: TypeAlias = Literal["therapeutic", "tracer", "service"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeStatus:
    """How a code is paid from a day on, in the letters of the payment system."""

    since: date
    letter: str
    """Status indicator; empty from the day on which the code is no longer listed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BillingCode:
    """One code: its unit, the packages it may be billed with, and how it is paid by date."""

    code: str
    kind: CodeKind
    name: Text
    """What is billed; for a code whose text is not free, what the rulebook calls it."""
    nuclide: str = ""
    """Canonical name; empty for a service and for a code of no one product."""
    unit_name: str = ""
    """Unit as on the claim, e.g. ``"1 mCi"``; its activity is the parameter of ``unit_key``."""
    packages: tuple[str, ...] = ()
    """National drug codes in eleven digits; empty where none was read: take it from the label."""
    revenue: str = ""
    """Revenue code of an institutional claim."""
    single_dose: bool | None = None
    """Whether the container is for one patient; none where the label was not read."""
    by_invoice: bool = False
    """Whether the code names no product, so that the claim needs product, package and invoice."""
    usual_key: str = ""
    """Parameter with the activity of a full dose. [Bq]"""
    statuses: tuple[CodeStatus, ...] = ()
    """In order of date, as far as they were read."""
    source: str = ""

    def status_on(self, day: date) -> str:
        """Status indicator in force on a day; empty before the first that was read."""
        place = bisect_right(self.statuses, day, key=lambda status: status.since)
        return self.statuses[place - 1].letter if place else ""
