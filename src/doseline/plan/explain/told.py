"""Facts with places, times and users, to be put in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from doseline.model.options import LINK_OF_REFUSAL, REFUSALS
from doseline.plan.explain.explanation import Fact
from doseline.plan.explain.facts import ACTIVITY, CHANGEOVER, LOT, NO_LOT, VIALS, WINDOW
from doseline.plan.explain.where import Places, wall
from doseline.plan.orders.terms import OWN_REFUSALS
from doseline.plan.replan.reasons import LINK_OF_EVENT
from doseline.plan.replan.supply import VIAL, YIELD

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from doseline.model.network import Network
    from doseline.model.options import Options
    from doseline.plan.explain.facts import Facts

    Floats = NDArray[np.float64]

UNITS = {
    "chair": "min",
    "staff": "min",
    "staff_hours": "min",
    "staff_dose": "uSv",
    "bed": "beds",
    "reserved": "min",
    "possession": "GBq",
    "daily_use": "GBq",
    "annual_use": "GBq",
    "waste": "L",
    "fleet": "h",
    "quota": "doses",
    VIAL: "vials",
    YIELD: "GBq",
    VIALS: "vials",
    ACTIVITY: "GBq",
    LOT: "GBq",
    WINDOW: "days",
}
"""Unit of each kind of fact."""
FIXED = frozenset(
    {
        "possession",
        "daily_use",
        "annual_use",
        "staff_dose",
        "conveyance",
        "quota",
        VIAL,
        YIELD,
        CHANGEOVER,
        NO_LOT,
    }
)
"""Kinds that are law, physics or a published rule."""
RELAXED = frozenset(UNITS) - FIXED - {WINDOW}
"""Kinds of which a site or maker can give more. Others are not known well enough to ask for."""


class Teller:
    """Tells the facts of one problem."""

    def __init__(self, facts: Facts, network: Network, options: Options) -> None:
        self.facts, self.network, self.options = facts, network, options
        self.group = facts.problem.groups.row(facts.asked.group, named=True)
        self._places = Places(facts, network, options)
        self.sites, self.zones = self._places.sites, self._places.zones
        self.suites, self.zone = self._places.suites, self._places.zone
        self._used = facts.used(facts.asked.doses)
        self._need: dict[int, float] = {}
        for column in facts.asked.own:
            for fact, use in zip(*facts.of_column(int(column)), strict=True):
                self._need[int(fact)] = min(float(use), self._need.get(int(fact), np.inf))

    def tell(self, fact: int) -> Fact:
        """One fact."""
        kind = self.facts.kind(fact)
        used, need = float(self._used[fact]), self._need.get(fact, 0.0)
        if kind == LOT:
            used, need = self._drawn(fact - self.facts.pools.start)
        return Fact(
            number=fact,
            kind=kind,
            where=self._places.where(fact, kind),
            most=float(self.facts.most[fact]),
            used=used,
            need=need,
            unit=UNITS.get(kind, ""),
            fixed=kind in FIXED,
            users=self._users(fact, kind),
        )

    def all(self, facts: Iterable[int]) -> tuple[Fact, ...]:
        """Some facts."""
        return tuple(self.tell(fact) for fact in facts)

    def refused(self) -> tuple[Fact, ...]:
        """Ways in the order's window that are refused, by the first check that each fails."""
        rows = self.options.rows.filter(
            pl.col("site") == self.group["site"], pl.col("product") == self.group["product"]
        )
        days = self.options.slots.filter(
            pl.col("day").is_between(self.group["earliest"], self.group["latest"])
        )
        in_window = rows.filter((pl.col("slot") < 0) | pl.col("slot").is_in(days["slot"].implode()))
        counts = in_window.filter(pl.col("refusal") > 0).group_by("refusal").len()
        own = self.facts.problem.refused.filter(
            pl.col("profile") == self.group["profile"],
            pl.col("day").is_between(self.group["earliest"], self.group["latest"]),
        )
        ruled_out = own.group_by("reason").agg(pl.col("day").sort()).sort("reason")
        of_order = tuple(
            Fact(
                number=-1,
                kind="refused",
                where={
                    "check": reason,
                    "link": OWN_REFUSALS[reason],
                    "days": ", ".join(map(str, days)),
                },
                need=float(len(days)),
                unit="days",
                fixed=True,
            )
            for reason, days in ruled_out.iter_rows()
        )
        past = self.facts.asked.past
        of_event = tuple(
            _ways(reason, LINK_OF_EVENT[reason], count)
            for reason, count in ({} if past is None else past.lost).items()
        )
        return (
            of_order
            + of_event
            + tuple(
                _ways(REFUSALS[refusal], LINK_OF_REFUSAL[REFUSALS[refusal]], count)
                for refusal, count in counts.sort("refusal", descending=True).iter_rows()
            )
        )

    def way(self, column: int) -> dict[str, str]:
        """Batch, line, lanes, suite and infusion of a column."""
        row = self.facts.problem.columns.row(column, named=True)
        option = self._option(row["option"])
        run = self.facts.supply.runs.row(row["run"], named=True)
        slot = self.options.slots.row(row["slot"], named=True)
        lanes = "" if option["itinerary"] < 0 else self._lanes(option["itinerary"])
        return {
            "batch": run["name"],
            "line": run["line"],
            "lanes": lanes,
            "site": self.sites[slot["site"]],
            "suite": self.suites[slot["suite"]],
            "day": str(row["day"]),
            "infuse": wall(self.zones[slot["site"]], option["infuse_ms"]),
        }

    def _option(self, option: int) -> dict[str, Any]:
        """An option by its number among the usable ones."""
        return self.facts.problem.usable.row(option, named=True)

    def _lanes(self, itinerary: int) -> str:
        """Lanes of an itinerary."""
        return str(self.options.itineraries["lanes"][itinerary])

    def _drawn(self, pool: int) -> tuple[float, float]:
        """Isotope of a pool that runs need if it alone feeds them, and what the order needs. [GBq]"""
        facts, draws = self.facts, self.facts.supply.draws.filter(pl.col("pool") == pool)
        per_gbq = dict(draws.select("run", "per_gbq").iter_rows())
        own = [
            facts.gbq[column] / per_gbq[int(facts.run[column])]
            for column in facts.asked.own
            if int(facts.run[column]) in per_gbq
        ]
        made = np.bincount(
            facts.run, weights=facts.asked.doses * facts.gbq, minlength=facts.unfed.size
        )
        needed = sum(made[run] / each for run, each in per_gbq.items())
        return min(float(needed), float(facts.most[facts.pools.start + pool])), min(own, default=0)

    def _users(self, fact: int, kind: str) -> tuple[str, ...]:
        """Orders whose doses take from a fact."""
        facts, asked = self.facts, self.facts.asked
        if kind == LOT:
            pool = fact - facts.pools.start
            fed = [run for run, pools in enumerate(facts.pools_of) if pool in pools]
            columns = np.flatnonzero(np.isin(facts.run, fed))
        elif kind == CHANGEOVER:
            clique = facts.cliques[fact - facts.changeovers.start]
            columns = np.flatnonzero(np.isin(facts.run, clique))
        else:
            columns = facts.entry_column[facts.entry_fact == fact]
        taken = pl.Series(columns[asked.doses[columns] > 0.0], dtype=asked.column.dtype)
        names = asked.names.filter(asked.column.is_in(taken.implode()))
        return tuple(name for name in names.to_list() if name != asked.order)


def _ways(check: str, link: str, count: int) -> Fact:
    """So many ways that are refused."""
    return Fact(
        number=-1,
        kind="refused",
        where={"check": check, "link": link},
        need=float(count),
        unit="options",
        fixed=True,
    )
