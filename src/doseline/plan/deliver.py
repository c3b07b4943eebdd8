"""What becomes of a plan: one seeded realisation of failures, delays and holds.

Conventions:

- A batch fails as a whole, with its own probability.
- A leg is late with probability 1 - on time, by an exponential time with its mean. Packages on one
  aircraft share its delay; a vehicle on the road carries one package. Delays of legs add up; the
  buffer of a connection is not used to absorb them, and a missed connection is one long delay.
- A dose that arrives after its slot's start is infused on arrival if that is on the slot's day,
  before the suite's last slot of that day ends, within shelf life and with the activity within
  tolerance. Otherwise it expired, if it arrived beyond shelf life or tolerance, or transport lost it.
- A patient may be held back on the day, e.g. by laboratory values: that dose is lost at its slot.
- A batch that failed loses its doses before they leave; nothing is late that was not made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from doseline.model.chance import as_keys, uniform
from doseline.model.flows import FLOW_SCHEMA
from doseline.model.ledger import ENDING_OF_LINK
from doseline.plan.balance import activity_at
from doseline.plan.supply.isotope import sums

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doseline.model.flows import Plan
    from doseline.model.network import Network
    from doseline.model.options import Options
    from doseline.physics.nuclides import NuclideTable

_MS_PER_HOUR = 3_600_000.0


def deliver(
    plan: Plan,
    network: Network,
    options: Options,
    *,
    nuclides: NuclideTable,
    seed: int,
    hold_percent: float = 0.0,
) -> pl.DataFrame:
    """The plan's flows with how each dose ended; columns of ``FLOW_SCHEMA``.

    ``arrive``, ``infuse`` and ``activity_infuse_gbq`` are those that came to pass. ``link`` keeps the
    reason of orders that the plan left.

    Args:
        plan: The plan.
        network: Batches, lanes and products of the plan.
        options: Itineraries and slots of the plan.
        nuclides: Half-lives.
        seed: Seed of the realisation.
        hold_percent: Doses held back on the day for the patient's sake. [%]
    """
    flows = plan.flows
    made = flows.filter(pl.col("batch").is_not_null())
    if made.is_empty():
        return _ended(
            flows, made.select("order", "arrive", "infuse", "activity_infuse_gbq", "ending")
        )
    late_h = _late_h(made, network, options, seed)
    held = uniform(seed, "patient hold", made["order"].to_list()) * 100.0 < hold_percent
    came = _came(made, late_h, network, options, nuclides)
    ending = (
        pl.when(pl.Series(_failed(made, network, seed)))
        .then(pl.lit("batch_failed"))
        .when(~pl.col("usable"))
        .then(pl.when("expired").then(pl.lit("expired")).otherwise(pl.lit("transport")))
        .when(pl.Series(held))
        .then(pl.lit("patient_hold"))
        .when(pl.col("late"))
        .then(pl.lit("infused_late"))
        .otherwise(pl.lit("infused"))
    )
    return _ended(flows, came.with_columns(ending=ending))


def _failed(made: pl.DataFrame, network: Network, seed: int) -> NDArray[np.bool_]:
    """Whether the batch of each dose failed."""
    batches = network.frame("batches").select("batch", "failure_percent")
    percent = made.join(batches, on="batch", how="left", maintain_order="left")["failure_percent"]
    names = made.select(pl.format("{}|{}", "batch", pl.col("ready").cast(pl.Int64)))
    failed: NDArray[np.bool_] = (
        uniform(seed, "batch failure", names.to_series().to_list()) * 100.0 < percent.to_numpy()
    )
    return failed


def _late_h(
    made: pl.DataFrame, network: Network, options: Options, seed: int
) -> NDArray[np.float64]:
    """How much later than planned each dose arrives, in [h]."""
    sites = network.frame("sites").with_row_index("number").select("number", "site")
    batches = network.frame("batches").with_row_index("number").select("number", "batch")
    key = ["batch_number", "site_number", "lanes", "depart_ms", "arrive_ms"]
    ways = (
        options.itineraries.select(
            "batch", "site", "lanes", "depart_ms", "arrive_ms", "leg_depart_ms"
        )
        .rename({"batch": "batch_number", "site": "site_number"})
        .unique(key, maintain_order=True)
    )
    legs = (
        made.select(
            "order",
            "lanes",
            "batch",
            "site",
            depart_ms=pl.col("depart").cast(pl.Int64),
            arrive_ms=pl.col("arrive").cast(pl.Int64),
        )
        .with_row_index("dose")
        .join(sites.rename({"number": "site_number"}), on="site")
        .join(batches.rename({"number": "batch_number"}), on="batch")
        .with_columns(pl.col("site_number", "batch_number").cast(pl.Int32))
        .join(ways, on=key)
        .with_columns(lane=pl.col("lanes").str.split(" > "))
        .explode("lane", "leg_depart_ms")
        .join(
            network.frame("lanes").select("lane", "mode", "on_time_percent", "late_mean_h"),
            on="lane",
        )
        .sort("dose", "leg_depart_ms")
    )
    vehicle = pl.format("{}|{}", "lane", "leg_depart_ms")
    name = pl.when(pl.col("mode") == "road").then(pl.format("{}|{}", vehicle, "order"))
    keys = as_keys(legs.select(name.otherwise(vehicle)).to_series().to_list())
    late = uniform(seed, "leg late", keys) * 100.0 >= legs["on_time_percent"].to_numpy()
    length = -np.log1p(-uniform(seed, "leg delay", keys)) * legs["late_mean_h"].to_numpy()
    doses = legs["dose"].to_numpy()
    return sums(doses, np.where(late, length, 0.0), made.height)


def _came(
    made: pl.DataFrame,
    late_h: NDArray[np.float64],
    network: Network,
    options: Options,
    nuclides: NuclideTable,
) -> pl.DataFrame:
    """When each dose came and was infused, at which activity, and whether it could still be used."""
    products = network.frame("products").select(
        "product", "shelf_life_h", "tolerance_percent", "nuclide"
    )
    half_lives = {name: nuclides[name].half_life_h for name in products["nuclide"].unique()}
    later = pl.duration(milliseconds=pl.lit(np.rint(late_h * _MS_PER_HOUR).astype(np.int64)))
    came = (
        made.join(products, on="product", maintain_order="left")
        .join(_last_minute(network, options), on=["suite", "infuse"], maintain_order="left")
        .with_columns(arrive=(pl.col("arrive") + later).cast(pl.Datetime("ms", "UTC")))
        .with_columns(late=pl.col("arrive") > pl.col("infuse"), planned="infuse")
        .with_columns(infuse=pl.max_horizontal("arrive", "infuse"))
        .with_columns(
            half_life_h=pl.col("nuclide").replace_strict(half_lives, return_dtype=pl.Float64)
        )
    )
    wait_h = (pl.col("infuse") - pl.col("planned")).dt.total_milliseconds() / _MS_PER_HOUR
    age_h = (pl.col("infuse") - pl.col("ready")).dt.total_milliseconds() / _MS_PER_HOUR
    left = activity_at(pl.lit(1.0), wait_h, pl.col("half_life_h"))
    expired = (age_h > pl.col("shelf_life_h")) | (left < 1.0 - pl.col("tolerance_percent") / 100.0)
    return came.with_columns(
        usable=~pl.col("late") | ((pl.col("infuse") < pl.col("last")) & ~expired),
        expired=expired,
        activity_infuse_gbq=pl.col("activity_infuse_gbq") * left,
    )


def _last_minute(network: Network, options: Options) -> pl.DataFrame:
    """suite, infuse (start of a slot), last: when the suite's last slot of that day ends."""
    suites = network.frame("suites").with_row_index("number")
    instant = pl.Datetime("ms", "UTC")
    return (
        options.slots.with_columns(last=pl.col("end_ms").max().over("suite", "day"))
        .rename({"suite": "number"})
        .join(suites.select(pl.col("number").cast(pl.Int32), "suite"), on="number")
        .select("suite", infuse=pl.col("start_ms").cast(instant), last=pl.col("last").cast(instant))
        .unique(["suite", "infuse"], maintain_order=True)
    )


def _ended(flows: pl.DataFrame, came: pl.DataFrame) -> pl.DataFrame:
    """All flows in their sequence, with what came to pass."""
    new = ("arrive", "infuse", "activity_infuse_gbq", "ending")
    left = pl.col("link").replace_strict(
        ENDING_OF_LINK, default="cancelled", return_dtype=pl.String
    )
    joined = flows.drop(new).join(
        came.select("order", *new), on="order", how="left", maintain_order="left"
    )
    return joined.with_columns(
        ending=pl.when(pl.col("ending").is_null()).then(left).otherwise("ending")
    ).select([pl.col(name).cast(kind) for name, kind in FLOW_SCHEMA.items()])
