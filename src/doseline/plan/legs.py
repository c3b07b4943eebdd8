"""What of a plan its doses' papers need: the legs of each way, and the isotope of each batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from doseline.model.flows import DRAW_SCHEMA, LEG_SCHEMA

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from doseline.model.network import Network
    from doseline.model.options import Options
    from doseline.plan.supply.batches import Supply

_DRAWN_GBQ = 1e-9
"""Draws below this are rounding."""
_WAY = ("batch", "site", "lanes", "depart", "arrive")


def leg_frame(network: Network, options: Options, flows: pl.DataFrame) -> pl.DataFrame:
    """One row a leg of each served order, columns of ``LEG_SCHEMA``.

    Args:
        network: For names.
        options: Whose itineraries the orders travel on.
        flows: Columns of ``FLOW_SCHEMA``.
    """
    return (
        flows.filter(pl.col("line").is_not_null())
        .select("order", *_WAY)
        .join(_ways(network, options), on=list(_WAY), how="inner", maintain_order="left")
        .explode("leg_lane", "leg_depart_ms", "leg_arrive_ms")
        .with_columns(leg=pl.int_range(1, pl.len() + 1).over("order"))
        .join(_numbered(network, "lanes", "lane"), left_on="leg_lane", right_on="number")
        .sort("order", "leg")
        .select(
            "order",
            "leg",
            "lane",
            depart=_instant("leg_depart_ms"),
            arrive=_instant("leg_arrive_ms"),
        )
        .select([pl.col(name).cast(kind) for name, kind in LEG_SCHEMA.items()])
    )


def draw_frame(supply: Supply, drawn: NDArray[np.float64]) -> pl.DataFrame:
    """One row a batch and delivery that it draws from, columns of ``DRAW_SCHEMA``.

    Args:
        supply: Runs, pools and draws.
        drawn: Isotope of each draw at its reference time, in terms of the full lot. [GBq]
    """
    return (
        supply.draws.with_columns(used_gbq=pl.Series(drawn) * pl.col("share"))
        .filter(pl.col("used_gbq") > _DRAWN_GBQ)
        .join(supply.runs.select("run", batch="name"), on="run")
        .join(supply.pools.select("pool", "lot", "source"), on="pool")
        .sort("run", "reference_ms", "lot")
        .select("batch", "lot", "source", "used_gbq", reference=_instant("reference_ms"))
        .select([pl.col(name).cast(kind) for name, kind in DRAW_SCHEMA.items()])
    )


def _ways(network: Network, options: Options) -> pl.DataFrame:
    """Each way by what a flow says of it; of ways that a flow cannot tell apart, the first."""
    return (
        options.itineraries.rename({"batch": "batch_number", "site": "site_number"})
        .join(_numbered(network, "batches", "batch"), left_on="batch_number", right_on="number")
        .join(_numbered(network, "sites", "site"), left_on="site_number", right_on="number")
        .sort("itinerary")
        .with_columns(depart=_instant("depart_ms"), arrive=_instant("arrive_ms"))
        .select(*_WAY, "leg_lane", "leg_depart_ms", "leg_arrive_ms")
        .unique(_WAY, keep="first", maintain_order=True)
    )


def _numbered(network: Network, table: str, column: str) -> pl.DataFrame:
    """Row numbers of a table with the names in a column."""
    names = network.frame(table)[column]
    return pl.DataFrame({"number": range(len(names)), column: names}).cast({"number": pl.Int32})


def _instant(column: str) -> pl.Expr:
    """UTC milliseconds as an instant."""
    return pl.col(column).cast(pl.Datetime("ms", "UTC"))
