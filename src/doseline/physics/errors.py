"""What can be wrong with a physical input, each with its own sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


KINDS: Mapping[str, str] = {
    "activity": "an activity",
    "duration": "a duration",
    "volume": "a volume",
    "concentration": "an activity concentration",
}
"""What a text should have been, by key."""

PROBLEMS: Mapping[str, str] = {
    "not_finite_or_negative": "it must be a finite number, zero or more",
    "not_finite": "the number is not finite",
    "negative": "it is negative",
    "too_large": "the number is too large to be meant",
    "no_unit": "the unit is missing",
    "comma": "it is not one number followed by one unit (write 7400 without a comma)",
    "no_quantity": "it is not one number followed by one unit",
    "no_volume": "it has no '/' volume",
    "unknown_unit": "the unit '{unit}' is none of {known}",
    "megabecquerel": "the unit '{unit}' is none of {known}; use MBq for megabecquerel",
    "millicurie": "the unit '{unit}' is none of {known}; use mCi for millicurie",
    "minutes_or_months": (
        "the unit '{unit}' is none of {known}; 'm' may be minutes or months, write 'min'"
    ),
}
"""What is wrong with a text, by key."""


class QuantityError(BadInputError):
    """A text is not a quantity with a unit."""

    def __init__(
        self, text: str, *, kind: str, problem: str, example: str, unit: str = "", known: str = ""
    ) -> None:
        self.text = text
        self.kind = kind
        self.problem = problem
        self.example = example
        self.unit = unit
        self.known = known
        why = PROBLEMS[problem].format(unit=unit, known=known)
        super().__init__(f"'{text}' is not {KINDS[kind]}: {why}. Write for example '{example}'.")


class UnknownNuclideError(BadInputError):
    """A nuclide is not in the nuclide table."""

    def __init__(self, name: str, *, suggestions: Sequence[str] = ()) -> None:
        self.name = name
        self.suggestions = tuple(suggestions)
        hint = f" Did you mean {' or '.join(suggestions)}?" if suggestions else ""
        super().__init__(f"'{name}' is not in the nuclide table.{hint}")


class NuclideTableError(BadInputError):
    """A row of the nuclide table cannot be used."""

    def __init__(self, row: int, *, nuclide: str, problem: str) -> None:
        self.row = row
        super().__init__(f"Nuclide table, row {row} ({nuclide or 'no name'}): {problem}.")


class MissingFigureError(BadInputError):
    """The nuclide table has no value for a figure that is needed."""

    def __init__(self, nuclide: str, figure: str) -> None:
        super().__init__(
            f"The nuclide table gives no {figure} for {nuclide}; "
            "nothing is guessed in its place. Add the figure with its source."
        )


class OutOfRangeError(BadInputError):
    """A number lies outside the range in which the formula holds."""

    def __init__(self, name: str, value: object, *, allowed: str) -> None:
        self.name = name
        self.value = value
        self.allowed = allowed
        super().__init__(f"{name} is {value}, but must be {allowed}.")


class NoSuchLimitError(BadInputError):
    """No dated limit of this name is in force on this day."""

    def __init__(self, name: str, day: object) -> None:
        super().__init__(f"No limit '{name}' was in force on {day}.")
