"""The gates before a dose is ordered: who is lost at which link, and when the others are ready."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from doseline.model.chance import normal, uniform
from doseline.model.ledger import LINKS
from doseline.simulate.catchment import Catchment, choose
from doseline.simulate.pathway import Bools, Floats, Ints, Pathway, delay
from doseline.simulate.queue import fifo_starts

if TYPE_CHECKING:
    from doseline.simulate.cohort import Episodes

NO_LINK = -1

ORDERING_SLACK_DAYS = 14
"""Standard of the ordering calendar beyond the lead: up to a week until the next weekly order, up
to a week until the slot within it (policy value). [d]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What the network offers to whom, decided before anyone is simulated.

    Sites and scanners are row numbers of their tables; a scanner row serves one product.
    """

    sites: Catchment
    scanners: tuple[Catchment, ...]
    """One catchment a product."""
    scanner_rate_per_day: Floats
    """Slots a day of each scanner row. [1/d]"""
    scanner_from: Floats
    """Day from which a scanner row's tracer may be used; infinite if never. [d]"""
    offers: Bools
    """Whether a site offers a product to a payer's patients, shape (site, product, payer)."""
    listed_from: Floats
    """Day from which a site may use and charge a product; infinite if never; shape (site,
    product). [d]"""
    blocked: Ints
    """Link that stops every dose of a product at a site, or NO_LINK; shape (week, site, product).
    The last row holds for all later weeks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """How far each episode came before ordering; arrays have shape (n,) or (n, link)."""

    never: Ints
    """Link of the first gate not passed, or NO_LINK."""
    never_day: Floats
    """Day on which that was known. [d]"""
    negative: Bools
    """Latent imaging status: not eligible, scanned or not."""
    site: Ints
    """Site of treatment, -1 if none."""
    scanner: Ints
    """Scanner row that was asked for a slot, -1 if none."""
    ready_day: Floats
    """Day from which a dose can be ordered. [d]"""
    wait: Floats
    """Time spent at each link, shape (n, link). [d]"""
    standard: Floats
    """Standard of each link, shape (n, link). [d]"""


def pass_gates(episodes: Episodes, path: Pathway, access: Access, *, seed: int) -> Journey:
    """Send every episode through reach, referral, imaging, board, offer, payment, authorisation."""
    walk = _Walk.start(episodes, path, access, seed)
    walk.stop(LINKS.index("out_of_reach"), ~walk.in_reach())
    walk.referral()
    scanner = walk.imaging()
    walk.timed_gate("board", "tumour_board")
    site = walk.choose_site()
    walk.payment()
    walk.timed_gate("scheduling", "patient_scheduling")
    return Journey(
        never=walk.never,
        never_day=walk.never_day,
        negative=walk.draw("positive") >= walk.share("positive"),
        site=site,
        scanner=scanner,
        ready_day=walk.now,
        wait=walk.wait,
        standard=walk.standard,
    )


@dataclass(slots=True, kw_only=True)
class _Walk:
    """The state of all episodes while they pass the gates one by one."""

    episodes: Episodes
    path: Pathway
    access: Access
    seed: int
    now: Floats
    never: Ints
    never_day: Floats
    wait: Floats
    standard: Floats

    @classmethod
    def start(cls, episodes: Episodes, path: Pathway, access: Access, seed: int) -> _Walk:
        shape = (episodes.count, len(LINKS))
        standard = np.zeros(shape)
        lead = path.order_lead_days[episodes.product]
        standard[:, LINKS.index("ordering_rules")] = lead + ORDERING_SLACK_DAYS
        return cls(
            episodes=episodes,
            path=path,
            access=access,
            seed=seed,
            now=episodes.t0.copy(),
            never=np.full(episodes.count, NO_LINK),
            never_day=np.full(episodes.count, np.inf),
            wait=np.zeros(shape),
            standard=standard,
        )

    def draw(self, purpose: str) -> Floats:
        return uniform(self.seed, purpose, self.episodes.key)

    def share(self, gate: str) -> Floats:
        """Share of each episode's kind that passes a gate."""
        rural = self.path.rural[self.episodes.region].astype(np.int64)
        shares: Floats = self.path.passes[self.episodes.product, self.path.gate(gate), rural]
        return shares

    def stop(self, link: int, lost: Bools) -> None:
        """Book the episodes that a gate stops, unless an earlier one did."""
        newly = lost & (self.never == NO_LINK)
        self.never[newly] = link
        self.never_day[newly] = self.now[newly]

    def spend(self, link: str, days: Floats, standard: Floats) -> None:
        """Let time pass at a link."""
        self.now = self.now + days
        self.wait[:, LINKS.index(link)] += days
        self.standard[:, LINKS.index(link)] = standard

    def timed_gate(self, gate: str, link: str) -> None:
        """A gate that takes its time and stops those who do not pass."""
        at = self.path.gate(gate)
        product = self.episodes.product
        days = delay(
            self.path.median_days[product, at],
            self.path.sigma[product, at],
            normal(self.seed, f"{gate} delay", self.episodes.key),
        )
        self.spend(link, days, self.path.standard_days[product, at])
        self.stop(LINKS.index(link), self.draw(gate) >= self.share(gate))

    def in_reach(self) -> Bools:
        limit = self.path.max_km[self.episodes.product, self.path.gate("reach")]
        nearest = self.access.sites.km[self.episodes.region, 0]
        reached: Bools = (nearest <= limit) & (self.draw("reach") < self.share("reach"))
        return reached

    def referral(self) -> None:
        self.timed_gate("referral", "not_referred")

    def imaging(self) -> Ints:
        """Find a scanner, queue for its slots, wait for the scan; the scanner asked, or -1."""
        scanner = self._scanner()
        has = (scanner >= 0) & (self.draw("scanner_reach") < self.share("scanner_reach"))
        self.stop(LINKS.index("no_scanner"), ~has)
        queued = (self.never == NO_LINK) & (self.episodes.exit_day > self.now)
        days = np.zeros(self.episodes.count)
        days[queued] = (
            fifo_starts(self.now[queued], scanner[queued], self.access.scanner_rate_per_day)
            - self.now[queued]
        )
        at = self.path.gate("imaging")
        self.spend("pet_slot", days, self.path.standard_days[self.episodes.product, at])
        self.timed_gate("imaging", "pet_slot")
        asked: Ints = np.where(queued, scanner, -1)
        return asked

    def _scanner(self) -> Ints:
        scanner = np.full(self.episodes.count, -1)
        for product, catchment in enumerate(self.access.scanners):
            of = np.flatnonzero(self.episodes.product == product)
            region = self.episodes.region[of]
            limit = self.path.max_km[product, self.path.gate("scanner_reach")]
            places = catchment.places[region]
            near = (catchment.km[region] <= limit) & (places >= 0)
            near &= self.access.scanner_from[places] <= self.now[of, None]
            draw = uniform(self.seed, "scanner", self.episodes.key[of])
            scanner[of] = choose(catchment, region, near, draw)
        return scanner

    def choose_site(self) -> Ints:
        """Choose among the sites in reach that offer the product to the patient's payer.

        Who finds only sites that would offer it, but may not charge it yet, cannot pay.
        """
        sites, who = self.access.sites, self.episodes
        places = sites.places[who.region]
        limit = self.path.max_km[who.product, self.path.gate("reach")]
        near = (sites.km[who.region] <= limit[:, None]) & (places >= 0)
        product = who.product[:, None]
        blocked = self.access.blocked[self._week()[:, None], places, product]
        unblocked = near & (blocked == NO_LINK)
        offered = unblocked & self.access.offers[places, product, who.payer[:, None]]
        listed = offered & (self.access.listed_from[places, product] <= self.now[:, None])
        nearest_block = blocked[np.arange(who.count), np.argmax(near, axis=1)]
        shut = ~unblocked.any(axis=1)
        for link in np.unique(nearest_block[shut & (nearest_block != NO_LINK)]):
            self.stop(int(link), shut & (nearest_block == link))
        self.stop(LINKS.index("not_offered"), ~offered.any(axis=1))
        self.stop(LINKS.index("cannot_pay"), ~listed.any(axis=1))
        return choose(sites, who.region, listed, self.draw("site"))

    def _week(self) -> Ints:
        """Row of ``blocked`` that holds for each episode now."""
        return np.clip(self.now // 7.0, 0, len(self.access.blocked) - 1).astype(np.int64)

    def payment(self) -> None:
        """The patient's own share, then the payer's authorisation."""
        payer = self.episodes.payer
        self.stop(LINKS.index("cannot_pay"), self.draw("cannot pay") < self.path.cannot_pay[payer])
        days = delay(
            self.path.authorisation_median[payer],
            self.path.authorisation_sigma[payer],
            normal(self.seed, "authorisation delay", self.episodes.key),
        )
        self.spend("authorisation_time", days, self.path.authorisation_standard[payer])
        denied = self.draw("authorisation denied") < self.path.denied[payer]
        self.stop(LINKS.index("authorisation_denied"), denied)
