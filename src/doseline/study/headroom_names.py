"""What can stop a dose at a site, by name; light, so that the contract with scripts can read it."""

from __future__ import annotations

from doseline.model.treatment import ROLES

SITE_RESOURCES = ("chair", "bed", "release", *ROLES, "possession", "waste")
"""What a site has or may hold, in the order in which ties are told."""

UNCOUNTED = ("staff_hours", "staff_dose", "daily_use", "annual_use")
"""What else a site has or may do, of which no capacity is told by itself."""

STOPS = (
    "closed",
    "licence",
    "training",
    "not_offered",
    *SITE_RESOURCES,
    *UNCOUNTED,
    "ordering",
    "delivery",
    "fleet",
    "conveyance",
    "batch",
    "isotope",
    "together",
)
"""What can stop the next dose, in the order in which ties are told."""

PROMISES = ("in_flight", "order", "reserved")
"""What a dose that is promised already rests on, in the order in which they are placed."""
