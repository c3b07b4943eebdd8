"""Small pieces of segments: people, places, numbers, days and texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date

Part = dict[str, Any]
"""A segment or loop by the names of x12sdk."""

DAY = "D8"


def dated(qualifier: str, day: date) -> Part:
    """A day with what it is."""
    return {
        "date_time_qualifier": qualifier,
        "date_time_period_format_qualifier": DAY,
        "date_time_period": compact(day),
    }


def level(number: str, parent: str | None, code: str, *, child: str) -> Part:
    """A level of the hierarchy."""
    return {
        "hierarchical_id_number": number,
        "hierarchical_parent_id_number": parent,
        "hierarchical_level_code": code,
        "hierarchical_child_code": child,
    }


def person(role: str, last: str, first: str) -> Part:
    """A person in a role."""
    return {
        "entity_identifier_code": role,
        "entity_type_qualifier": "1",
        "name_last_or_organization_name": text(last, 60),
        "name_first": text(first, 35),
    }


def clinician(role: str, last: str, first: str, number: str) -> Part:
    """A person with a provider number."""
    return {
        **person(role, last, first),
        "identification_code_qualifier": "XX",
        "identification_code": number,
    }


def organisation(role: str, name: str, number: str) -> Part:
    """An organisation in a role, with its provider number where it has one."""
    numbered = {"identification_code_qualifier": "XX", "identification_code": number}
    return {
        "entity_identifier_code": role,
        "entity_type_qualifier": "2",
        "name_last_or_organization_name": text(name, 60),
        **(numbered if number else {}),
    }


def payer_name(name: str, number: str) -> Part:
    """A payer with its electronic number."""
    return {
        "entity_identifier_code": "PR",
        "entity_type_qualifier": "2",
        "name_last_or_organization_name": text(name, 60),
        "identification_code_qualifier": "PI",
        "identification_code": number,
    }


def address(street: str, city: str, state: str, postal: str) -> Part:
    """A street and its city."""
    return {
        "n3_segment": {"address_information_1": text(street, 55)},
        "n4_segment": {
            "city_name": text(city, 30),
            "state_province_code": state,
            "postal_code": digits(postal),
        },
    }


def reference(qualifier: str, value: str) -> Part:
    """A number with what it is."""
    return {
        "reference_identification_qualifier": qualifier,
        "reference_identification": value,
    }


def text(words: str, most: int) -> str:
    """Words in capitals, as short as the format holds."""
    return " ".join(words.upper().split())[:most].rstrip()


def digits(words: str) -> str:
    """The digits of a number as people write it."""
    return "".join(letter for letter in words if letter.isdigit())


def compact(day: date) -> str:
    """A day without hyphens."""
    return f"{day:%Y%m%d}"
