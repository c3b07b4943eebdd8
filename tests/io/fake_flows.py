"""Invented doses of a week, in the columns of ``model.flows.FLOW_SCHEMA``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from doseline.model.flows import FLOW_SCHEMA

if TYPE_CHECKING:
    from datetime import datetime

    from doseline.model.network import Network

UNSERVED = 0.06
"""Share of the orders that get nothing. [unitless]"""


def fake_flows(
    network: Network, monday: datetime, doses: int, rng: np.random.Generator
) -> pl.DataFrame:
    """One row an order, times after each other, some orders unserved."""
    batches = network.frame("batches").select("batch", "line", "product")
    chosen = batches[rng.integers(0, batches.height, doses).tolist()]
    sites = network.frame("sites")["site"]
    busy = np.minimum(rng.geometric(8 / len(sites), doses) - 1, len(sites) - 1)
    day = chosen["batch"].str.tail(3).replace_strict({"Mon": 0, "Tue": 1, "Wed": 2, "Thu": 3})
    ready = np.array(day) * 24.0 + 13.0
    depart = ready + 6.0 + rng.uniform(0, 4, doses)
    arrive = depart + rng.gamma(4.0, 3.0, doses)
    infuse = (np.floor(arrive / 24) + 1) * 24 + rng.choice([13.0, 17.0], doses)
    at = {"ready": ready, "depart": depart, "arrive": arrive, "infuse": infuse}
    frame = chosen.with_columns(
        order=pl.Series([f"O{k:05d}" for k in range(doses)]),
        patient=pl.Series([f"P{k:05d}" for k in range(doses)]),
        kind=pl.Series(rng.choice(["new", "continuing"], doses)),
        payer=pl.Series(rng.choice(["medicare_ffs", "commercial"], doses)),
        site=sites[busy.tolist()],
        suite=sites[busy.tolist()].str.replace("S", "U"),
        lanes=pl.lit("L00001 > L00002"),
        activity_ready_gbq=pl.Series(7.4 * np.exp2((infuse - ready) / 159.46)),
        activity_infuse_gbq=pl.lit(7.4),
        volume_ml=pl.lit(9.2),
        transport_index=pl.lit(1.1),
        cost=pl.lit(1_450.0),
        on_time=pl.lit(0.97),
        link=pl.lit(None, pl.String),
        reason=pl.lit(None, pl.String),
        ending=pl.lit(None, pl.String),
        **{
            name: pl.Series(
                np.datetime64(monday.replace(tzinfo=None), "ms") + minutes_ms(hours)
            ).dt.replace_time_zone("UTC")
            for name, hours in at.items()
        },
    ).select(pl.col(name).cast(kind) for name, kind in FLOW_SCHEMA.items())
    return unserved(frame, rng.random(doses) < UNSERVED)


def minutes_ms(hours: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Hours as whole minutes of time, in milliseconds."""
    return np.round(hours * 60).astype("timedelta64[m]").astype("timedelta64[ms]")


def unserved(frame: pl.DataFrame, lost: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> pl.DataFrame:
    """The same orders, some of them with a link and a reason in place of a dose."""
    told = ("order", "patient", "product", "kind", "payer", "site", "link", "reason")
    gone = pl.Series(lost)
    return frame.with_columns(
        *(pl.when(~gone).then(name) for name in frame.columns if name not in told),
        link=pl.when(gone).then(pl.lit("no_isotope")),
        reason=pl.when(gone).then(pl.lit("beyond_shelf_life")),
    )
