"""Edits by family; importing them enters each into the registry, in this order."""

from __future__ import annotations

from doseline.claims.edits import (
    authorisation,
    claim,
    dates,
    drug,
    label,
    modifiers,
    people,
    place,
    units,
)

__all__ = [
    "authorisation",
    "claim",
    "dates",
    "drug",
    "label",
    "modifiers",
    "people",
    "place",
    "units",
]
