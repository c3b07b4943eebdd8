"""The queues and gates again, one episode at a time, in plain Python."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from doseline.model.chance import normal, uniform
from doseline.model.demand import GATES
from doseline.model.ledger import LINKS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from doseline.simulate.catchment import Catchment
    from doseline.simulate.cohort import Episodes
    from doseline.simulate.gates import Access
    from doseline.simulate.pathway import Pathway


def fifo_starts(
    requested: Sequence[float], counter: Sequence[int], rate_per_day: Sequence[float]
) -> list[float]:
    """Each counter serves whoever asked first, and is busy for 1/rate with each."""
    free_at: dict[int, float] = {}
    starts = [0.0] * len(requested)
    for at in sorted(range(len(requested)), key=lambda one: requested[one]):
        here = counter[at]
        starts[at] = max(requested[at], free_at.get(here, -math.inf))
        free_at[here] = starts[at] + 1.0 / rate_per_day[here]
    return starts


@dataclass(slots=True, kw_only=True)
class Traveller:
    """One episode on its way to being ready for an order."""

    now: float
    never: str | None = None
    never_day: float = math.inf
    site: int = -1
    wait: dict[str, float] = field(default_factory=dict)

    def lost(self, link: str) -> None:
        """Only the first gate that is not passed counts."""
        if self.never is None:
            self.never, self.never_day = link, self.now

    def spend(self, link: str, days: float) -> None:
        """Let time pass at a link."""
        self.now += days
        self.wait[link] = self.wait.get(link, 0.0) + days


class GateTwin:
    """Sends episodes through the gates one by one."""

    def __init__(self, episodes: Episodes, path: Pathway, access: Access, *, seed: int) -> None:
        self.episodes, self.path, self.access, self.seed = episodes, path, access, seed

    def draw(self, purpose: str, at: int) -> float:
        """The uniform draw of one episode."""
        return float(uniform(self.seed, purpose, self.episodes.key[at : at + 1])[0])

    def passes(self, gate: str, at: int) -> bool:
        """Whether one episode is among the share that passes."""
        rural = int(self.path.rural[self.episodes.region[at]])
        share = self.path.passes[self.episodes.product[at], GATES.index(gate), rural]
        return bool(self.draw(gate, at) < share)

    def delay(self, gate: str, at: int) -> float:
        """The log-normal time of one episode at a gate. [d]"""
        row = self.episodes.product[at], GATES.index(gate)
        z = float(normal(self.seed, f"{gate} delay", self.episodes.key[at : at + 1])[0])
        return float(self.path.median_days[row] * math.exp(self.path.sigma[row] * z))

    def limit_km(self, gate: str, at: int) -> float:
        """Farthest that one episode travels for a gate. [km]"""
        return float(self.path.max_km[self.episodes.product[at], GATES.index(gate)])

    def near(self, catchment: Catchment, gate: str, at: int) -> list[int]:
        """Numbers (nearest first) of the places in reach."""
        region = self.episodes.region[at]
        return [
            nth
            for nth, place in enumerate(catchment.places[region])
            if place >= 0 and catchment.km[region, nth] <= self.limit_km(gate, at)
        ]

    def pick(self, catchment: Catchment, candidates: list[int], at: int, draw: float) -> int:
        """By size over distance + 20 km, in proportion."""
        region = self.episodes.region[at]
        weights = [
            float(catchment.size[catchment.places[region, nth]] / (catchment.km[region, nth] + 20))
            for nth in candidates
        ]
        passed = 0.0
        for nth, weight in zip(candidates, weights, strict=True):
            passed += weight
            if draw * sum(weights) < passed:
                return int(catchment.places[region, nth])
        return int(catchment.places[region, candidates[-1]]) if candidates else -1

    def walk(self) -> list[Traveller]:
        """Everybody to the scanner, then the queues, then everybody onwards."""
        several = [Traveller(now=float(t0)) for t0 in self.episodes.t0]
        scanners = [self.to_scanner(at, one) for at, one in enumerate(several)]
        asking = [
            at
            for at, one in enumerate(several)
            if one.never is None and self.episodes.exit_day[at] > one.now
        ]
        starts = fifo_starts(
            [several[at].now for at in asking],
            [scanners[at] for at in asking],
            list(self.access.scanner_rate_per_day),
        )
        for at, start in zip(asking, starts, strict=True):
            several[at].spend("pet_slot", start - several[at].now)
        for at, one in enumerate(several):
            self.from_scanner(at, one)
        return several

    def to_scanner(self, at: int, one: Traveller) -> int:
        """Reach, referral and the choice of a scanner; its row, or -1."""
        if not self.near(self.access.sites, "reach", at) or not self.passes("reach", at):
            one.lost("out_of_reach")
        one.spend("not_referred", self.delay("referral", at))
        if not self.passes("referral", at):
            one.lost("not_referred")
        catchment = self.access.scanners[self.episodes.product[at]]
        candidates = [
            nth
            for nth in self.near(catchment, "scanner_reach", at)
            if self.access.scanner_from[catchment.places[self.episodes.region[at], nth]] <= one.now
        ]
        scanner = self.pick(catchment, candidates, at, self.draw("scanner", at))
        if scanner < 0 or not self.passes("scanner_reach", at):
            one.lost("no_scanner")
        return scanner

    def from_scanner(self, at: int, one: Traveller) -> None:
        """Everything after the queue for the scan."""
        one.spend("pet_slot", self.delay("imaging", at))
        if not self.passes("imaging", at):
            one.lost("pet_slot")
        one.spend("tumour_board", self.delay("board", at))
        if not self.passes("board", at):
            one.lost("tumour_board")
        self.find_site(at, one)
        payer = self.episodes.payer[at]
        if self.draw("cannot pay", at) < self.path.cannot_pay[payer]:
            one.lost("cannot_pay")
        z = float(normal(self.seed, "authorisation delay", self.episodes.key[at : at + 1])[0])
        growth = math.exp(self.path.authorisation_sigma[payer] * z)
        one.spend("authorisation_time", float(self.path.authorisation_median[payer] * growth))
        if self.draw("authorisation denied", at) < self.path.denied[payer]:
            one.lost("authorisation_denied")
        one.spend("patient_scheduling", self.delay("scheduling", at))
        if not self.passes("scheduling", at):
            one.lost("patient_scheduling")

    def find_site(self, at: int, one: Traveller) -> None:
        """Choose among the sites that are near, open, listed, and offer the product to this payer."""
        sites, product, payer = self.access.sites, *self._who(at)
        region = self.episodes.region[at]
        near = self.near(sites, "reach", at)
        if not near:
            return  # already out of reach
        weeks = self.access.blocked
        today = weeks[min(int(one.now // 7), len(weeks) - 1)]
        blocks = {nth: int(today[sites.places[region, nth], product]) for nth in near}
        unblocked = [nth for nth in near if blocks[nth] == -1]
        if not unblocked:
            one.lost(LINKS[blocks[near[0]]])
        offering = [
            nth
            for nth in unblocked
            if self.access.offers[sites.places[region, nth], product, payer]
        ]
        if not offering:
            one.lost("not_offered")
        charging = [
            nth
            for nth in offering
            if self.access.listed_from[sites.places[region, nth], product] <= one.now
        ]
        if not charging:  # somebody would offer it, but may not charge it yet
            one.lost("cannot_pay")
        one.site = self.pick(sites, charging, at, self.draw("site", at))

    def _who(self, at: int) -> tuple[int, int]:
        return int(self.episodes.product[at]), int(self.episodes.payer[at])
