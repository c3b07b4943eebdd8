"""Timetables to itineraries, itineraries to delivery options, each refusal with its reason."""

from __future__ import annotations

from doseline.routes.carriage import fleet_trips, package_cost, travel_h
from doseline.routes.options import Offers, build_options
from doseline.routes.view import named, reasons
from doseline.routes.weeks import CalendarKey, calendar_key
from doseline.routes.workdays import Workdays, workdays

__all__ = [
    "CalendarKey",
    "Offers",
    "Workdays",
    "build_options",
    "calendar_key",
    "fleet_trips",
    "named",
    "package_cost",
    "reasons",
    "travel_h",
    "workdays",
]
