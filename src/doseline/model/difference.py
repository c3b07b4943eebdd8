"""What two networks differ in: settings, and rows that came, went or changed, by key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl

from doseline.model.catalogue import TABLES
from doseline.model.columns import Table
from doseline.model.network import Network
from doseline.model.plain import plain_text
from doseline.model.setting_keys import SETTING_KEYS

NUMBERS = frozenset({"number", "integer", "money"})
"""Kinds of columns in which a change has a size."""

CHANGE_SCHEMA: dict[str, Any] = {
    "table": pl.String,
    "key": pl.String,
    "column": pl.String,
    "unit": pl.String,
    "before": pl.String,
    "after": pl.String,
    "change": pl.Float64,
    "change_percent": pl.Float64,
}
"""Columns of a frame of changes; the last two are null where there is no number to compare."""

JOINT = " / "
"""What stands between the parts of a key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingChange:
    """A setting that two networks give another value."""

    name: str
    """Dotted key of ``network.toml``."""
    unit: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class TableDifference:
    """What a table of two networks differs in."""

    table: str
    rows_before: int
    rows_after: int
    added: tuple[str, ...]
    """Keys of rows that only the second network has."""
    removed: tuple[str, ...]
    changes: pl.DataFrame
    """One row a changed cell, as :data:`CHANGE_SCHEMA` says."""
    reordered: bool
    """Whether rows that both have stand in another order, which may decide ties."""

    @property
    def rows_changed(self) -> int:
        """Rows of both networks with a changed cell."""
        return self.changes["key"].n_unique()

    @property
    def is_empty(self) -> bool:
        """Whether the table is the same in both."""
        return not (self.added or self.removed or self.changes.height or self.reordered)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What two networks differ in; nothing if it is empty."""

    settings: tuple[SettingChange, ...]
    tables: tuple[TableDifference, ...]
    """Only tables that differ, in the order of the catalogue."""

    @property
    def is_empty(self) -> bool:
        """Whether both are the same network."""
        return not (self.settings or self.tables)

    @property
    def changes(self) -> pl.DataFrame:
        """Every changed cell, one row each."""
        frames = [one.changes for one in self.tables]
        return pl.concat(frames) if frames else pl.DataFrame(schema=CHANGE_SCHEMA)


def diff(before: Network, after: Network) -> Difference:
    """What the second network has otherwise than the first.

    A cell left empty and the default written out are the same; so are two spellings of a number.
    """
    tables = (
        _of_table(table, before.frames[table.name], after.frames[table.name]) for table in TABLES
    )
    return Difference(
        settings=tuple(_of_settings(before, after)),
        tables=tuple(one for one in tables if not one.is_empty),
    )


def _of_settings(before: Network, after: Network) -> list[SettingChange]:
    old, new = _settings(before), _settings(after)
    units = {key.column.name: key.column.unit for key in SETTING_KEYS}
    return [
        SettingChange(
            name=name, unit=units.get(name, ""), before=old.get(name), after=new.get(name)
        )
        for name in {**old, **new}
        if old.get(name) != new.get(name)
    ]


def _settings(network: Network) -> dict[str, Any]:
    """Settings by dotted key, variants with them."""
    settings = network.settings
    found = {key.column.name: getattr(settings, key.field) for key in SETTING_KEYS}
    for name, factors in settings.variants.items():
        found |= {f"variants.{name}.{target}": factor for target, factor in factors.items()}
    return found


def _of_table(table: Table, before: pl.DataFrame, after: pl.DataFrame) -> TableDifference:
    old, new = before.select(table.key).rows(), after.select(table.key).rows()
    at_old = {key: row for row, key in enumerate(old)}
    both = [(key, at_old[key], row) for row, key in enumerate(new) if key in at_old]
    known = set(new)
    places = [row for _, row, _ in both]
    return TableDifference(
        table=table.name,
        rows_before=before.height,
        rows_after=after.height,
        added=tuple(_shown(key) for key in new if key not in at_old),
        removed=tuple(_shown(key) for key in old if key not in known),
        changes=_changes(table, before[places], after[[row for _, _, row in both]], both),
        reordered=places != sorted(places),
    )


def _changes(
    table: Table,
    before: pl.DataFrame,
    after: pl.DataFrame,
    both: list[tuple[tuple[Any, ...], int, int]],
) -> pl.DataFrame:
    """Every cell that differs in rows that both have."""
    rows: list[dict[str, Any]] = []
    for column in table.columns:
        old, new = before[column.name], after[column.name]
        for place in old.ne_missing(new).arg_true().to_list():
            was, now = old[place], new[place]
            size = _size(was, now) if column.kind in NUMBERS else {}
            rows.append(
                {
                    "table": table.name,
                    "key": _shown(both[place][0]),
                    "column": column.name,
                    "unit": column.unit,
                    "before": plain_text(was),
                    "after": plain_text(now),
                    **size,
                }
            )
    return pl.DataFrame(rows, schema=CHANGE_SCHEMA)


def _size(was: float | Decimal | None, now: float | Decimal | None) -> Mapping[str, float | None]:
    """How much a number has moved; nothing where one of the two is missing."""
    if was is None or now is None:
        return {}
    # As decimals, so that 7.5 is 0.1 more than 7.4.
    change = float(Decimal(str(now)) - Decimal(str(was)))
    return {"change": change, "change_percent": 100 * change / abs(float(was)) if was else None}


def _shown(key: tuple[Any, ...]) -> str:
    return JOINT.join(plain_text(part) for part in key)
