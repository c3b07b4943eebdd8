"""How much of the headline rests on assumptions: each input's effect, and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from doseline.model.catalogue import BY_NAME

if TYPE_CHECKING:
    from doseline.model.columns import Column, Table
    from doseline.model.network import Network

STEP = 0.10
"""Each input is worsened by this share of its value. [unitless]"""

_TOGETHER = {
    "pass_percent": ("rural_pass_percent",),
    "median_days": ("p90_days",),
    "price": ("discount_price",),
}
"""Columns that move with another: a longer median alone would narrow the spread of a delay, and
could so shorten its mean."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """A group of figures that are moved together."""

    name: str
    """Key of its name in the message catalogue."""
    table: str
    column: str
    factor: float
    gate: str = ""
    complement: bool = False
    """Whether the factor moves what is missing to 100 %, not the value itself."""
    too: tuple[str, ...] = ()
    """Other tables with the same column, moved alike."""

    def here(self) -> pl.Expr:
        """The rows that it moves."""
        return pl.col("gate") == self.gate if self.gate else pl.lit(True)

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that it moves."""
        return self.table, *self.too

    def moved(self, network: Network) -> Network:
        """The network with this input worsened."""
        return network.replace(
            **{table: self._moved(network.frame(table), BY_NAME[table]) for table in self.tables}
        )

    def _moved(self, frame: pl.DataFrame, table: Table) -> pl.DataFrame:
        names = (self.column, *_TOGETHER.get(self.column, ()))
        return frame.with_columns(
            pl.when(self.here())
            .then(self._worse(table.column(name), frame.schema[name]))
            .otherwise(pl.col(name))
            .alias(name)
            for name in names
        )

    def _worse(self, column: Column, dtype: pl.DataType) -> pl.Expr:
        """A column worsened, within its range; whole numbers are rounded down."""
        value = pl.col(column.name).cast(pl.Float64)
        value = 100.0 - (100.0 - value) * self.factor if self.complement else value * self.factor
        value = value.clip(0.0, column.maximum)
        return (value.floor() if dtype.is_integer() else value).cast(dtype)

    def rows(self, network: Network) -> pl.DataFrame:
        """Its rows by evidence: evidence, kind, title, title_zh, share, assumed.

        A row counts as assumed if its evidence is an assumption, or if it says so of the column.
        """
        marked = pl.concat([self._marked(network.frame(table)) for table in self.tables])
        known = network.frame("evidence").select("evidence", "kind", "title", "title_zh")
        assumed = (pl.col("kind") == "assumption") | pl.col("marked")
        return (
            marked.join(known, on="evidence", how="left")
            .group_by("evidence", "kind", "title", "title_zh")
            .agg(share=pl.len() / marked.height, assumed=assumed.mean())
            .sort("share", "evidence", descending=[True, False])
        )

    def _marked(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Evidence of each of its rows of a table, and whether the row marks the column."""
        said = pl.col("assumed").str.split(" ") if "assumed" in frame.columns else pl.lit([""])
        return frame.filter(self.here()).select("evidence", marked=said.list.contains(self.column))


def _share(gate: str) -> Input:
    return Input(
        name=f"input_{gate}_share",
        table="pathways",
        column="pass_percent",
        factor=1 - STEP,
        gate=gate,
    )


def _time(gate: str) -> Input:
    return Input(
        name=f"input_{gate}_time",
        table="pathways",
        column="median_days",
        factor=1 + STEP,
        gate=gate,
    )


INPUTS: tuple[Input, ...] = (
    Input(name="input_incidence", table="incidence", column="per_year", factor=1 + STEP),
    _share("referral"),
    _time("referral"),
    _share("scanner_reach"),
    _time("imaging"),
    _share("positive"),
    _time("board"),
    _time("scheduling"),
    _share("reach"),
    Input(name="input_pet_slots", table="scanners", column="slots_per_week", factor=1 - STEP),
    Input(name="input_denied", table="payers", column="denied_percent", factor=1 + STEP),
    Input(
        name="input_cannot_pay",
        table="payers",
        column="cannot_pay_percent",
        factor=1 + STEP,
    ),
    Input(name="input_authorisation_time", table="payers", column="median_days", factor=1 + STEP),
    Input(name="input_exit", table="products", column="exit_median_days", factor=1 - STEP),
    Input(
        name="input_cycles",
        table="products",
        column="continue_percent",
        factor=1 + STEP,
        too=("continuation",),
    ),
    Input(name="input_price", table="products", column="price", factor=1 + STEP),
    Input(
        name="input_batch_failure",
        table="batches",
        column="failure_percent",
        factor=1 + STEP,
    ),
    Input(name="input_batch_vials", table="batches", column="max_doses", factor=1 - STEP),
    Input(name="input_isotope", table="lots", column="capacity_gbq", factor=1 - STEP),
    Input(
        name="input_on_time",
        table="lanes",
        column="on_time_percent",
        factor=1 + STEP,
        complement=True,
    ),
    Input(name="input_leg_time", table="lanes", column="duration_h", factor=1 + STEP),
    Input(name="input_chair_time", table="products", column="chair_min", factor=1 + STEP),
    Input(name="input_staff", table="staff", column="hours_per_day", factor=1 - STEP),
    Input(
        name="input_tracer_supply",
        table="tracer_supply",
        column="doses_per_week",
        factor=1 - STEP,
    ),
    Input(
        name="input_source_share",
        table="supply_changes",
        column="available_percent",
        factor=1 - STEP,
    ),
    Input(name="input_waste_room", table="waste_stores", column="capacity_l", factor=1 - STEP),
)


def inputs_of(network: Network) -> tuple[Input, ...]:
    """The inputs of a network: those whose tables have rows."""
    return tuple(one for one in INPUTS if network.frame(one.table).height)


def assumption_share(effects: pl.DataFrame) -> float | None:
    """Share of the summed effect that rests on assumptions; none if nothing has an effect."""
    total = float(effects["effect"].abs().sum())
    if total == 0.0:
        return None
    return float((effects["effect"].abs() * effects["assumed"]).sum()) / total
