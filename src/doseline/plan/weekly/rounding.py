"""Whole doses from the weekly program's fractions, within every cap; the same input, the same doses.

Fractions are cut off first. Then each order that is left, continuing ones first, takes the way to
which the program gave the largest fraction among those with room, until none has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from doseline.model.ledger import LINKS
from doseline.plan.supply.isotope import Isotope, sums

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doseline.plan.supply.batches import Supply
    from doseline.plan.supply.changeover import Conflicts

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

_WHOLE = 1e-6
_SLACK = 1e-7
_CHAIN = ("no_isotope", "no_batch_capacity", "transport", "licence_or_possession", "no_suite")
"""Links that can be short, upstream first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """What limits a typical week, as arrays; a *pair* is a site and a product."""

    pair: Ints
    """Pair of each column, ascending."""
    run: Ints
    activity_gbq: Floats
    """Activity at calibration of a dose of each column."""
    infuse_ms: Ints
    first: Ints
    """First column of each pair, and the end."""
    vials: Floats
    """Of each run."""
    room_gbq: Floats
    supply: Supply
    cap_site: Ints
    """Site of each cap of sites, ascending."""
    cap_link: Ints
    """Index into the chain of links."""
    cap_most: Floats
    cap_uses: Floats
    """Use of one dose of each product, shape (caps, products)."""
    cap_first: Ints
    """First cap of each site, and the end."""
    no_option: Ints
    """Link of pairs that no column serves, as index into LINKS."""
    fleet_h: Floats
    """Vehicle hours of a dose, shape (carriers, columns). [h]"""
    fleet_most_h: Floats
    conflicts: Conflicts

    @property
    def products(self) -> int:
        """Number of products."""
        return int(self.cap_uses.shape[1])


def links_of_caps(links: list[str]) -> Ints:
    """Links as indices into the chain that can be short."""
    return np.array([_CHAIN.index(link) for link in links], dtype=np.int64)


@dataclass(slots=True, kw_only=True)
class Whole:
    """Whole doses and why the others are not served."""

    doses: Ints
    """By column and kind."""
    unserved: Ints
    """By site, product and kind."""
    link: Ints
    """By site and product: index into LINKS of the unserved, or -1."""


def whole_doses(caps: Caps, fractions: Floats, drawn: Floats, demand: Ints) -> Whole:
    """Whole doses near the program's fractions.

    Args:
        caps: Caps.
        fractions: Doses of each column in the program.
        drawn: Isotope of each draw in the program. [GBq]
        demand: Orders by site, product and kind.
    """
    wanted = demand.reshape(-1, 2)
    state = _State(caps, np.floor(fractions + _WHOLE).astype(np.int64), drawn)
    state.withdraw_excess()
    state.fill(wanted, fractions)
    doses = _by_kind(caps, state.doses, wanted)
    per_kind = doses.astype(np.float64)
    served = np.stack([sums(caps.pair, per_kind[:, kind], len(wanted)) for kind in (0, 1)], axis=1)
    unserved = (wanted - served).astype(np.int64)
    link = np.where(unserved.sum(axis=1) > 0, state.links(), -1)
    return Whole(
        doses=doses, unserved=unserved.reshape(demand.shape), link=link.reshape(demand.shape[:2])
    )


class _State:
    """Doses placed so far and what they leave."""

    def __init__(self, caps: Caps, doses: Ints, drawn: Floats) -> None:
        self.caps, self.doses = caps, doses
        runs = caps.vials.size
        made = sums(caps.run, caps.activity_gbq * doses.astype(np.float64), runs)
        filled = sums(caps.run, doses.astype(np.float64), runs)
        self.vials = np.where(caps.conflicts.shut(filled), 0.0, caps.vials - filled)
        self.fleet_h = caps.fleet_most_h - caps.fleet_h @ doses
        self.room_gbq = caps.room_gbq - made
        self.isotope = Isotope(caps.supply, drawn=drawn, made_gbq=made)
        supplied = sums(self.isotope.run, drawn * self.isotope.per_gbq, runs)
        self.owed_gbq = np.maximum(made - supplied, 0.0)
        pairs = caps.first.size - 1
        placed = sums(caps.pair, doses.astype(np.float64), pairs).reshape(-1, caps.products)
        self.room = caps.cap_most - (caps.cap_uses * placed[caps.cap_site]).sum(axis=1)

    def withdraw_excess(self) -> None:
        """Take doses back where typical activities exceed what the program counted with."""
        for run in np.flatnonzero(self.owed_gbq > _SLACK):
            have = min(float(self.owed_gbq[run]), self.isotope.left_for(int(run)))
            self.isotope.draw(int(run), have)
            self.owed_gbq[run] -= have
        for run in np.flatnonzero((self.owed_gbq > _SLACK) | (self.room_gbq < -_SLACK)):
            mine = np.flatnonzero((self.caps.run == run) & (self.doses > 0))
            for column in mine[::-1]:
                while self.doses[column] and (
                    self.owed_gbq[run] > _SLACK or self.room_gbq[run] < -_SLACK
                ):
                    self._change(int(column), -1)
                    self.owed_gbq[run] -= self.caps.activity_gbq[column]
        self.isotope.spare_gbq += np.maximum(-self.owed_gbq, 0.0)

    def fill(self, wanted: Ints, fractions: Floats) -> None:
        """Place what is left wherever there is room, continuing orders first."""
        pairs = wanted.shape[0]
        for ahead in (wanted[:, 1], wanted.sum(axis=1)):
            placed = sums(self.caps.pair, self.doses.astype(np.float64), pairs)
            left = np.where(self._site_has_room(), ahead - placed, 0.0).astype(np.int64)
            for pair in np.flatnonzero(left > 0):
                for _ in range(left[pair]):
                    column = self._best(int(pair), fractions)
                    if column is None:
                        break
                    self._change(column, 1)
                    activity = float(self.caps.activity_gbq[column])
                    self.isotope.draw(int(self.caps.run[column]), activity)

    def links(self) -> Ints:
        """Index into LINKS, for each pair, of what stops one more dose."""
        caps = self.caps
        pairs = caps.first.size - 1
        short = np.zeros((len(_CHAIN), caps.pair.size), dtype=bool)
        short[0] = self.isotope.left()[caps.run] < caps.activity_gbq * (1.0 - _SLACK)
        short[1] = (self.vials[caps.run] < 1.0) | (
            self.room_gbq[caps.run] < caps.activity_gbq * (1.0 - _SLACK)
        )
        short[2] = ~self._vehicles_left(slice(None))
        for link in (3, 4):
            short[link] = self._full(caps.cap_link == link)[caps.pair]
        found = np.full(pairs, -1)
        missing = short.sum(axis=0)
        for link in reversed(range(len(_CHAIN))):
            # Some way in which this link is all that is short.
            alone = sums(caps.pair, (short[link] & (missing == 1)).astype(np.float64), pairs) > 0
            found[alone] = link
        for link in reversed(range(len(_CHAIN))):
            together = sums(caps.pair, short[link].astype(np.float64), pairs) == np.diff(caps.first)
            found[(found < 0) & together] = link
        names = np.array([LINKS.index(link) for link in _CHAIN])
        none = np.diff(caps.first) == 0
        return np.where(none, caps.no_option, names[np.maximum(found, 0)])

    def _site_has_room(self) -> Bools:
        """Whether each pair's site has room for one more dose of its product."""
        return ~self._full(np.ones(self.caps.cap_link.size, dtype=bool))

    def _full(self, which: Bools) -> Bools:
        """Whether any of some caps stops one more dose of each pair."""
        caps = self.caps
        pairs = caps.first.size - 1
        stops = caps.cap_uses * (1.0 - _SLACK) > np.maximum(self.room, 0.0)[:, None]
        full = np.zeros((pairs // caps.products, caps.products))
        np.add.at(full, caps.cap_site[which], stops[which].astype(np.float64))
        return (full > 0.0).reshape(-1)

    def _best(self, pair: int, fractions: Floats) -> int | None:
        """The column with the largest fraction among those of a pair that have room."""
        caps = self.caps
        site, product = divmod(pair, caps.products)
        mine = slice(caps.cap_first[site], caps.cap_first[site + 1])
        if np.any(caps.cap_uses[mine, product] * (1.0 - _SLACK) > self.room[mine]):
            return None
        columns = np.arange(caps.first[pair], caps.first[pair + 1])
        run, need = caps.run[columns], caps.activity_gbq[columns] * (1.0 - _SLACK)
        room = (self.vials[run] >= 1.0) & (self.room_gbq[run] >= need)
        fits = columns[room & self._vehicles_left(columns)]
        part = fractions[fits] - self.doses[fits]
        for column in fits[np.argsort(-part, kind="stable")]:
            enough = self.isotope.left_for(int(caps.run[column]))
            if enough >= caps.activity_gbq[column] * (1.0 - _SLACK):
                return int(column)
        return None

    def _vehicles_left(self, columns: Ints | slice) -> Bools:
        """Whether fleets have the hours for one more dose of each of some columns."""
        need = self.caps.fleet_h[:, columns] * (1.0 - _SLACK)
        left: Bools = np.all((need <= self.fleet_h[:, None]) | (need == 0.0), axis=0)
        return left

    def _change(self, column: int, doses: int) -> None:
        """Add or take back doses of a column, isotope apart."""
        caps = self.caps
        run = caps.run[column]
        self.doses[column] += doses
        self.vials[run] -= doses
        self.room_gbq[run] -= doses * caps.activity_gbq[column]
        self.fleet_h -= doses * caps.fleet_h[:, column]
        site, product = divmod(int(caps.pair[column]), caps.products)
        mine = slice(caps.cap_first[site], caps.cap_first[site + 1])
        self.room[mine] -= doses * caps.cap_uses[mine, product]


def _by_kind(caps: Caps, doses: Ints, wanted: Ints) -> Ints:
    """Doses of each column by kind: within a pair, the earliest infusions go to continuing orders."""
    order = np.lexsort((np.arange(doses.size), caps.infuse_ms, caps.pair))
    running = np.cumsum(doses[order])
    before = running - doses[order]
    start = np.concatenate([[0], running])[caps.first[caps.pair[order]]]
    continuing = wanted[caps.pair[order], 1]
    until = np.minimum(running - start, continuing)
    since = np.minimum(before - start, continuing)
    found = np.empty((doses.size, 2), dtype=np.int64)
    found[order, 1] = until - since
    found[order, 0] = doses[order] - (until - since)
    return found
