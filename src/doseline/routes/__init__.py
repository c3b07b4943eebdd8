"""Timetables to itineraries, itineraries to delivery options, each refusal with its reason."""
