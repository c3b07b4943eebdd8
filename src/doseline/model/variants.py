"""A named variant of a network: the same network with some figures multiplied."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from decimal import Decimal

import polars as pl

from doseline.errors import BadInputError
from doseline.model.catalogue import BY_NAME
from doseline.model.columns import Column
from doseline.model.digest import digest
from doseline.model.nearest import nearest
from doseline.model.network import Network, dtype_of

VARIABLE_KINDS = frozenset({"number", "integer", "money"})
"""Kinds of columns that a variant may multiply."""


class UnknownVariantError(BadInputError):
    """A network has no variant of that name."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        self.name = name
        self.nearest = nearest(name, known)
        self.known = known
        hint = f" Did you mean '{self.nearest}'?" if self.nearest else ""
        listed = ", ".join(known) or "none"
        super().__init__(
            f"network.toml has no variant '{name}'.{hint} It has: {listed}. "
            f"Add a section [variants.{name}] to define it."
        )


class VariantColumnError(BadInputError):
    """A variant multiplies what is no column of numbers."""

    def __init__(self, variant: str, target: str) -> None:
        self.variant = variant
        self.target = target
        super().__init__(
            f"Variant '{variant}' multiplies '{target}', which is no column of numbers. "
            "Write table.column, for example incidence.per_year."
        )


class VariantRangeError(BadInputError):
    """A variant moves a figure out of its range."""

    def __init__(self, variant: str, target: str, row: int, found: object, column: Column) -> None:
        self.variant = variant
        self.target = target
        self.row = row
        self.found = found
        self.low, self.high, self.unit = column.minimum, column.maximum, column.unit
        super().__init__(
            f"Variant '{variant}' makes {target} in row {row} {found}, but it must lie between "
            f"{column.minimum} and {column.maximum} {column.unit}. Choose another factor."
        )


def apply_variant(network: Network, name: str) -> Network:
    """The network with the factors of one of its variants applied, under its own digest.

    Whole numbers are rounded half to even.

    Raises:
        UnknownVariantError: If there is no such variant.
        VariantColumnError: If it multiplies what is no column of numbers.
        VariantRangeError: If a figure leaves the range of its column.
    """
    variants = network.settings.variants
    if name not in variants:
        raise UnknownVariantError(name, tuple(variants))
    frames = dict(network.frames)
    for target, factor in variants[name].items():
        table, column = _column(name, target)
        frames[table] = _multiplied(frames[table], column, factor, place=(name, target))
    return _with_frames(network, frames)


def _with_frames(network: Network, frames: Mapping[str, pl.DataFrame]) -> Network:
    fresh = digest(network.settings, frames)
    return dataclasses.replace(network, frames=dict(frames), digest=fresh)


def _column(variant: str, target: str) -> tuple[str, Column]:
    """The table and column that a factor names."""
    table, _, name = target.partition(".")
    columns = BY_NAME[table].columns if table in BY_NAME else ()
    for column in columns:
        if column.name == name and column.kind in VARIABLE_KINDS:
            return table, column
    raise VariantColumnError(variant, target)


def _multiplied(
    frame: pl.DataFrame, column: Column, factor: float, *, place: tuple[str, str]
) -> pl.DataFrame:
    """The frame with one column multiplied, kept in its range."""
    values = frame[column.name]
    if column.kind == "money":
        exact = Decimal(str(factor))
        products = [None if one is None else one * exact for one in values]
        changed = pl.Series(column.name, products, dtype=dtype_of(column))
    else:
        changed = values * factor
        if column.kind == "integer":
            changed = changed.round(mode="half_to_even").cast(pl.Int64)
    low, high = column.minimum, column.maximum
    outside = pl.repeat(False, len(changed), eager=True)
    if low is not None:
        outside |= changed < low
    if high is not None:
        outside |= changed > high
    for row in outside.fill_null(False).arg_true()[:1]:
        raise VariantRangeError(*place, row + 2, changed[row], column)
    return frame.with_columns(changed)
