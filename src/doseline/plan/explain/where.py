"""Where and when a fact holds, read from the key of its limit."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from doseline.plan.replan.supply import VIAL, YIELD
from doseline.routes.clock import local

if TYPE_CHECKING:
    from collections.abc import Callable

    from doseline.model.network import Network
    from doseline.model.options import Options
    from doseline.plan.explain.facts import Facts

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_SPANS = frozenset({"week", "year"})


def wall(zone: str, instant_ms: int) -> str:
    """An instant with the weekday, by the clocks of a zone.

    >>> wall("UTC", 0)
    'Thu 1970-01-01 00:00+00:00'
    """
    at = local(zone, int(instant_ms))
    return f"{_WEEKDAYS[at.weekday()]} {at.isoformat(sep=' ', timespec='minutes')}"


class Places:
    """Places and times of facts."""

    def __init__(self, facts: Facts, network: Network, options: Options) -> None:
        self._facts, self._options = facts, options
        self._group = facts.problem.groups.row(facts.asked.group, named=True)
        sites = network.frame("sites")
        self.sites: list[str] = sites["site"].to_list()
        self.zones: list[str] = sites["zone"].to_list()
        self.suites: list[str] = network.frame("suites")["suite"].to_list()
        lines = network.frame("lines")
        self._line_zone = dict(lines.select("line", "zone").iter_rows())
        self._read: dict[str, Callable[[list[str]], dict[str, str]]] = {
            "chair": lambda parts: self._slot(parts[0]),
            "staff": lambda parts: {"role": parts[1], **_dated(parts[2])},
            "staff_hours": lambda parts: {"role": parts[1], **self._slot(parts[2])},
            "staff_dose": lambda parts: {"role": parts[1], **_dated(parts[2])},
            "bed": self._bed,
            "reserved": lambda parts: {"suite": parts[0], **_dated(parts[1])},
            "possession": self._possession,
            "daily_use": lambda parts: {"nuclide": parts[1], **_dated(parts[2])},
            "annual_use": lambda parts: {"nuclide": parts[1], **_dated(parts[2])},
            "waste": lambda parts: {"waste": parts[1], "per": parts[2]},
            "fleet": lambda parts: {"carrier": parts[0], **_dated(parts[1])},
            "conveyance": self._conveyance,
            VIAL: lambda parts: {"vial_of": parts[0]},
            YIELD: lambda parts: {"batch": parts[0]},
        }

    @property
    def zone(self) -> str:
        """Zone of the order's site."""
        return str(self.zones[self._group["site"]])

    def where(self, fact: int, kind: str) -> dict[str, str]:
        """Place and time of a fact, by what they are."""
        facts = self._facts
        if fact in facts.limits:
            return self._limit(kind, str(facts.keys[fact]), facts.sites[fact])
        for span in (facts.vials, facts.activity, facts.no_lot):
            if fact in span:
                return self._run(fact - span.start)
        if fact in facts.pools:
            return self._lot(fact - facts.pools.start)
        if fact in facts.changeovers:
            return self._runs(fact - facts.changeovers.start)
        return {
            "site": self.sites[self._group["site"]],
            "earliest": str(self._group["earliest"]),
            "latest": str(self._group["latest"]),
        }

    def _limit(self, kind: str, key: str, site: int | None) -> dict[str, str]:
        """Place and time of a limit, as its key says; a key that is not known, as it is."""
        where = {} if site is None else {"site": self.sites[site]}
        try:
            return {**where, **self._read[kind](key.split("|"))}
        except (KeyError, ValueError, IndexError):
            return {**where, "key": key}

    def _slot(self, number: str) -> dict[str, str]:
        slot = self._options.slots.row(int(number), named=True)
        zone = self.zones[slot["site"]]
        return {
            "suite": self.suites[slot["suite"]],
            "day": str(slot["day"]),
            "start": wall(zone, slot["start_ms"]),
            "end": wall(zone, slot["end_ms"]),
        }

    def _bed(self, parts: list[str]) -> dict[str, str]:
        if parts[1] in _SPANS:
            return {"per": parts[1]}
        return {"suite": self.suites[int(parts[0])], **_dated(parts[1])}

    def _possession(self, parts: list[str]) -> dict[str, str]:
        return {"nuclide": parts[1], "at": wall(self.zones[int(parts[0])], int(parts[2]))}

    def _conveyance(self, parts: list[str]) -> dict[str, str]:
        return {"lane": parts[0], "at": wall(self.zone, int(parts[1])), "what": parts[2]}

    def _run(self, run: int) -> dict[str, str]:
        row = self._facts.supply.runs.row(run, named=True)
        return {
            "batch": row["name"],
            "line": row["line"],
            "product": row["product"],
            "start": wall(self._line_zone[row["line"]], row["start_ms"]),
        }

    def _runs(self, clique: int) -> dict[str, str]:
        runs = self._facts.supply.runs
        mine = self._facts.cliques[clique]
        names = dict.fromkeys(runs["name"][int(run)] for run in mine)
        return {"line": runs["line"][int(mine[0])], "batches": ", ".join(names)}

    def _lot(self, pool: int) -> dict[str, str]:
        row = self._facts.supply.pools.row(pool, named=True)
        draws = self._facts.supply.draws.filter(pl.col("pool") == pool)
        latest = max(draws["reference_ms"].to_list(), default=0)
        zone = self._line_zone.get(row["line"], self.zone)
        return {
            "lot": row["lot"],
            "source": row["source"],
            "line": row["line"],
            "reference": wall(zone, latest),
        }


def _dated(text: str) -> dict[str, str]:
    """A day, or the span that a key names instead.

    Raises:
        ValueError: If it is neither.
    """
    return {"per": text} if text in _SPANS else {"day": str(date.fromisoformat(text))}
