"""Orders that an event adds: their values as the columns of table ``orders`` ask for them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from doseline.model.catalogue import BY_NAME
from doseline.model.events import (
    DATE_FORM,
    INSTANT_FORM,
    Faults,
    InstantWithoutZoneError,
    parse_instant,
)
from doseline.model.network import DTYPES
from doseline.plan.replan.event_errors import (
    BadOrderError,
    ColumnMissingError,
    NoColumnError,
    OrderThereError,
    UnknownInEventError,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from doseline.model.columns import Column
    from doseline.model.events import OrderAdded
    from doseline.model.network import Network

_TABLE = "orders"
_SHOWN = 5


def added_orders(network: Network, events: Sequence[OrderAdded]) -> pl.DataFrame:
    """Table ``orders`` with the orders that events add at its end.

    What an event leaves out is the column's default; the patient is named as the order, and the
    order is a new start.

    Raises:
        OrderThereError: If a name is taken.
        NoColumnError: If there is no such column.
        UnknownInEventError: If a site, product or payer does not exist.
        ColumnMissingError: If a value is missing.
        BadOrderError: If a value cannot be used.
        BadEventsError: If several of these are so.
    """
    orders = network.frame(_TABLE)
    if not events:
        return orders
    taken = set(orders["order"])
    rows = []
    faults = Faults()
    for event in events:
        with faults:
            if event.order in taken:
                raise OrderThereError(str(event), event.order)
            taken.add(event.order)
            rows.append(_row(network, event))
    faults.refuse()
    columns = BY_NAME[_TABLE].columns
    more = pl.DataFrame(rows, schema={one.name: DTYPES[one.kind] for one in columns})
    return pl.concat([orders, more.select(orders.columns).cast(orders.schema)])


def _row(network: Network, event: OrderAdded) -> dict[str, Any]:
    columns = {one.name: one for one in BY_NAME[_TABLE].columns if one.name != "order"}
    given = {"patient": event.order, "kind": "new"} | dict(event.values)
    faults = Faults()
    for name in given:
        with faults:
            if name not in columns:
                raise NoColumnError(str(event), name, columns)
    row: dict[str, Any] = {"order": event.order}
    for name, column in columns.items():
        with faults:
            if name not in given and column.required:
                raise ColumnMissingError(str(event), name, _allowed(network, column))
            row[name] = (
                _value(network, event, column, given[name]) if name in given else column.default
            )
    faults.refuse()
    if row["latest"] < row["earliest"]:
        raise BadOrderError(str(event), "latest", str(row["latest"]), f">= {row['earliest']}")
    return row


def _value(network: Network, event: OrderAdded, column: Column, text: str) -> Any:
    """A value as the column's type."""
    if column.refers:
        table, names = column.refers[0], _names(network, column)
        if text not in names:
            raise UnknownInEventError(str(event), table, text, names)
    if column.allowed and text not in column.allowed:
        raise BadOrderError(str(event), column.name, text, _allowed(network, column))
    try:
        return _read(column.kind, text)
    except (ValueError, InstantWithoutZoneError) as error:
        raise BadOrderError(str(event), column.name, text, _allowed(network, column)) from error


def _names(network: Network, column: Column) -> list[str]:
    """The names in the table that a column refers to."""
    table = column.refers[0]
    return sorted(network.frame(table)[BY_NAME[table].key[0]])


def _read(kind: str, text: str) -> Any:
    if kind == "date":
        return date.fromisoformat(text)
    if kind == "instant":
        return parse_instant(text)
    if kind in {"integer", "number"}:
        return int(text) if kind == "integer" else float(text)
    if kind == "yes/no" and text not in {"yes", "no"}:
        raise ValueError
    return text == "yes" if kind == "yes/no" else text


def _allowed(network: Network, column: Column) -> str:
    """What a column takes, in a few words that need no translation."""
    forms = {"date": DATE_FORM, "instant": INSTANT_FORM, "yes/no": "yes, no"}
    if column.allowed:
        return ", ".join(column.allowed)
    if column.refers:
        names = _names(network, column)
        return ", ".join([*names[:_SHOWN], *(["..."] if len(names) > _SHOWN else [])])
    return forms.get(column.kind, column.kind)
