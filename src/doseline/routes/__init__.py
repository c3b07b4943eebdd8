"""Timetables to itineraries, itineraries to delivery options, each refusal with its reason."""

from __future__ import annotations

from doseline.routes.options import Offers, build_options
from doseline.routes.view import named, reasons

__all__ = ["Offers", "build_options", "named", "reasons"]
