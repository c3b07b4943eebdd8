"""A plan with all it was made from, in the words in which its limits are defined."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tests.plan.check.bounds import ONE, Bounds, exact, halved, left, percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from doseline.model.flows import Plan
    from doseline.model.network import Network
    from doseline.model.options import Options

Row = dict[str, Any]

TOLERANCE = 1e-6
"""Share of a limit by which an integer plan may pass it: the solver's own feasibility tolerance
(HiGHS: mip_feasibility_tolerance), taken of rows that are scaled to their limit. [unitless]"""


@dataclass(frozen=True, slots=True)
class Fault:
    """One limit that a plan passes."""

    text: str
    certain: bool
    """Beyond the tolerance; else doubtful: beyond the limit, but within the tolerance."""


def passes(text: str, used: Bounds, limit: Bounds) -> list[Fault]:
    """A fault if the whole of what is used lies beyond the whole of the limit."""
    if used.low <= limit.high:
        return []
    return [Fault(f"{text}: {used} of {limit}", used.low > limit.high * (1.0 + TOLERANCE))]


def broken(text: str) -> Fault:
    """A rule without a number is broken."""
    return Fault(text, certain=True)


def in_ms(at: datetime) -> int:
    """UTC milliseconds of an instant."""
    return round(at.timestamp() * 1000)


@dataclass(frozen=True, kw_only=True)
class Case:
    """What a plan is checked against; nothing in it comes from the planner but the plan."""

    plan: Plan
    network: Network
    options: Options
    orders: pl.DataFrame
    half_life_h: Mapping[str, float]
    begun: frozenset[str] = frozenset()
    """Batches that were made before the week was planned again: what they took is spent."""

    @cached_property
    def served(self) -> list[Row]:
        """The doses that are made."""
        return [flow for flow in self.plan.flows.to_dicts() if flow["batch"] is not None]

    @cached_property
    def order(self) -> dict[str, Row]:
        """What was ordered, by its name."""
        return {row["order"]: row for row in self.orders.iter_rows(named=True)}

    def table(self, name: str) -> list[Row]:
        """Rows of a table."""
        return self.network.frame(name).to_dicts()

    def by(self, name: str) -> dict[str, Row]:
        """A table by its first column."""
        frame = self.network.frame(name)
        return {row[frame.columns[0]]: row for row in frame.iter_rows(named=True)}

    @cached_property
    def products(self) -> dict[str, Row]:
        """Products by name."""
        return self.by("products")

    @cached_property
    def batches(self) -> dict[str, Row]:
        """Batch slots by name."""
        return self.by("batches")

    @cached_property
    def runs(self) -> dict[str, Row]:
        """What the plan says of each batch, by name."""
        return {row["batch"]: row for row in self.plan.batches.iter_rows(named=True)}

    @cached_property
    def _zones(self) -> dict[str, str]:
        places = (("sites", "site"), ("lines", "line"), ("hubs", "hub"))
        return {
            place: zone
            for table, key in places
            for place, zone in self.network.frame(table).select(key, "zone").iter_rows()
        }

    @cached_property
    def zone_of_source(self) -> dict[str, ZoneInfo]:
        """Zones of the places where isotope is made."""
        rows = self.network.frame("sources").select("source", "zone").iter_rows()
        return {source: ZoneInfo(zone) for source, zone in rows}

    def local(self, at: datetime, place: str) -> datetime:
        """Wall time of an instant at a place."""
        return at.astimezone(ZoneInfo(self._zones[place]))

    def day(self, flow: Row) -> date:
        """Day of an infusion at its site."""
        return self.local(flow["infuse"], flow["site"]).date()

    def nuclide(self, flow: Row) -> str:
        """Nuclide of a dose."""
        return str(self.products[flow["product"]]["nuclide"])

    def left(self, nuclide: str, since: datetime, until: datetime) -> Bounds:
        """Share of a nuclide's activity that is left from one instant to another. [unitless]"""
        return left(in_ms(until) - in_ms(since), self.half_life_h[nuclide])

    def given(self, flow: Row) -> Bounds:
        """Activity at administration. [GBq]"""
        return exact(self.products[flow["product"]]["activity_gbq"])

    def dose_at(self, flow: Row, at: datetime) -> Bounds:
        """Activity of a vial at an instant, from its activity at administration. [GBq]"""
        return self.given(flow) * self.left(self.nuclide(flow), flow["infuse"], at)

    @cached_property
    def longer(self) -> dict[tuple[str, str], Bounds]:
        """Times the routine minutes, by site and product: 1 + (first - 1) 2^(-n / halving)."""
        curves = {row["product"]: row for row in self.table("learning")}
        found = {}
        for row in self.table("experience"):
            curve = curves.get(row["product"])
            if curve:
                share = halved(Fraction(row["doses"]) / Fraction(curve["halving_doses"]))
                excess = percent(curve["first_percent"] - 100.0)
                found[row["site"], row["product"]] = ONE + excess * share
        return found

    def use_factor(self, flow: Row) -> Bounds:
        """Factor of the rulebook for the daily use of a dose. [unitless]"""
        factors = dict(zip(self.products, self.options.use_factors, strict=False))
        return exact(factors.get(flow["product"], 1.0))

    @cached_property
    def slots(self) -> dict[tuple[str, datetime], Row]:
        """Infusion slots by suite and start."""
        suites = self.network.frame("suites")["suite"].to_list()
        return {
            (suites[row["suite"]], datetime.fromtimestamp(row["start_ms"] / 1000, tz=UTC)): row
            for row in self.options.slots.iter_rows(named=True)
        }
