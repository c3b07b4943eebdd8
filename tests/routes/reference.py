"""The delivery options once more, as a plain loop over what the words say.

It shares no code with ``doseline.routes``: no arrays, no search (every simple way is tried), one
row at a time. It is the yardstick of the tests and of ``benchmarks/options.py``.
"""

from __future__ import annotations

import math
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tests.routes.reference_clock import (
    DAYS,
    HOUR_MS,
    hours,
    instant,
    instant_at,
    minutes,
    ms,
    numbers,
)
from tests.routes.reference_rows import Run, Slot, Way
from tests.routes.reference_ways import Ways

from doseline.model.opening import Booking
from doseline.model.options import REFUSALS
from doseline.model.supply import Batch, Licence, Product
from doseline.model.transport import Departure
from doseline.model.treatment import Suite

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from doseline.model.network import Network
    from doseline.physics.nuclides import NuclideTable


class Reference(Ways):
    """The tables of a network as plain rows, and the options that follow from them."""

    def __init__(
        self,
        network: Network,
        nuclides: NuclideTable,
        week: date,
        offers: Collection[tuple[str, str]] | None = None,
        nights: Mapping[str, int] | None = None,
    ) -> None:
        super().__init__(network)
        self.nights = nights or {}
        self.week = week
        self.offers = offers
        self.suites = network.rows(Suite)
        self.licences: dict[tuple[str, str, str], list[Licence]] = {}
        for one in network.rows(Licence):
            self.licences.setdefault((one.operation, one.holder, one.nuclide), []).append(one)
        self.booked = {(one.suite, one.day): one.minutes for one in network.rows(Booking)}
        self.product_of = {one.product: row for row, one in enumerate(self.products)}
        self.line_of = {one.line: row for row, one in enumerate(self.lines)}
        self.physics = {
            one.product: (
                nuclides[one.nuclide].half_life_h,
                nuclides[one.nuclide].air_kerma(),
                _a2_bq(nuclides, one.nuclide),
            )
            for one in self.products
        }
        self.runs = [self._run(batch) for batch in self.batches]
        self.departures = self.departures_from(week, network.rows(Departure))
        self.slots = self._slots()
        self.connected = {one.line: self.places_after(one.line) for one in self.lines}

    def _run(self, batch: Batch) -> Run:
        calendar = self.lines[self.line_of[batch.line]].calendar
        day = self.week + timedelta(days=DAYS.index(batch.weekday))
        closed = True
        for offset in range(6, -1, -1):
            other = self.week + timedelta(days=offset)
            if self.hours.runs_as(calendar, other) == DAYS.index(batch.weekday):
                day, closed = other, False
        start = instant(self.zone_of[batch.line], day, batch.start)
        ready = start + ms(batch.synthesis_h)
        shelf_life = self.products[self.product_of[batch.product]].shelf_life_h
        return Run(day, ready, ready + ms(batch.qc_h), ready + ms(shelf_life), closed)

    def _slots(self) -> list[Slot]:
        synthesis_h = max((batch.synthesis_h for batch in self.batches), default=0.0)
        shelf_life_h = max((product.shelf_life_h for product in self.products), default=0.0)
        days = 7 + math.ceil((synthesis_h + shelf_life_h) / 24)
        found = [
            slot
            for suite_row in range(len(self.suites))
            for offset in range(days)
            for slot in self._suite_day(suite_row, self.week + timedelta(days=offset))
        ]
        return sorted(found, key=lambda slot: (slot.site, slot.start, slot.suite))

    def _suite_day(self, suite_row: int, day: date) -> Iterator[Slot]:
        suite = self.suites[suite_row]
        site = next(row for row, one in enumerate(self.sites) if one.site == suite.site)
        calendar = self.sites[site].calendar
        if self.hours.runs_as(calendar, day) not in numbers(suite.weekdays):
            return
        opens, closes = minutes(suite.open), minutes(suite.close)
        if closes <= opens:
            closes += 24 * 60
        taken = self.booked.get((suite.suite, day), 0)
        for nth in range(suite.slots_per_day):
            begin = opens + (closes - opens) * nth // suite.slots_per_day
            end = opens + (closes - opens) * (nth + 1) // suite.slots_per_day
            start = instant_at(self.sites[site].zone, day, begin)
            whole = suite.chairs * (end - begin)
            used = min(whole, taken)
            taken -= used
            yield Slot(site, suite_row, day, start, start + (end - begin) * 60_000, whole - used)

    def ways(self) -> list[Way]:
        """Up to three ways of each batch slot to each site."""
        found = []
        for batch in range(len(self.batches)):
            every = self.every(batch, self._nuclide(batch))
            for site, one in enumerate(self.sites):
                found += [
                    Way(batch, site, legs) for legs in self.chosen(batch, every.get(one.site, []))
                ]
        return found

    def _nuclide(self, batch: int) -> str:
        return self.products[self.product_of[self.batches[batch].product]].nuclide

    def rows(self, ways: list[Way]) -> list[dict[str, Any]]:
        """Every option row, in order."""
        by_pair: dict[tuple[int, int], list[int]] = {}
        for number, way in enumerate(ways):
            by_pair.setdefault((way.batch, way.site), []).append(number)
        slots_of: dict[int, list[int]] = {}
        for number, slot in enumerate(self.slots):
            slots_of.setdefault(slot.site, []).append(number)
        return [
            self._row(batch, site, ways[number] if number >= 0 else None, number, slot)
            for batch, run in enumerate(self.runs)
            for site in range(len(self.sites))
            for number in by_pair.get((batch, site), [-1])
            for slot in self._in_time(slots_of.get(site, []), run)
        ]

    def _in_time(self, slots: list[int], run: Run) -> list[int]:
        found = [n for n in slots if run.ready <= self.slots[n].start <= run.expiry + 24 * HOUR_MS]
        return found or [-1]

    def _row(
        self, batch: int, site: int, way: Way | None, number: int, slot_number: int
    ) -> dict[str, Any]:
        run = self.runs[batch]
        name = self.batches[batch].product
        product = self.products[self.product_of[name]]
        half_life_h, air_kerma, a2_bq = self.physics[name]
        slot = self.slots[slot_number] if slot_number >= 0 else None
        infuse = slot.start if slot else run.ready
        left = 2.0 ** (-hours(infuse - run.ready) / half_life_h)
        wanted = product.activity_gbq * 1e9
        per_ml = product.concentration_gbq_per_ml * 1e9
        volume = min(max(wanted / left / per_ml, product.volume_min_ml), product.volume_max_ml)
        ready_bq = volume * per_ml
        arrive_bq = depart_bq = ti = 0.0
        if way:
            arrive_bq = ready_bq * 2.0 ** (-hours(way.legs[-1].arrive - run.ready) / half_life_h)
            depart_bq = ready_bq * 2.0 ** (-hours(way.legs[0].depart - run.ready) / half_life_h)
            ti = _index(depart_bq / 1e9 * air_kerma * product.pot_transmission)
        connected = self.sites[site].site in self.connected[self.batches[batch].line]
        barred = way is None and self.sites[site].site in self.free_sites(batch)
        modes = {self.lanes[leg.lane].mode for leg in way.legs} if way else set()
        holds = {
            "line_closed": run.closed,
            "product_not_licensed_at_line": not self._may_make(batch, product),
            **self._site_reasons(site, product, slot),
            "no_lane_reaches_site": way is None and not connected,
            "missed_cut_off": way is None and connected and not barred,
            "pharmacy_not_licensed": barred,
            "no_slot_in_time": slot is None,
            "no_isolation_bed": bool(
                self.nights.get(name) and slot and not self.suites[slot.suite].beds
            ),
            "no_common_hours": False,  # nobody has hours in these worlds
            "arrives_after_slot": bool(way and slot and way.legs[-1].arrive > infuse),
            "not_released_before_use": bool(slot and run.release > infuse),
            "beyond_shelf_life": bool(slot and infuse > run.expiry),
            "outside_activity_tolerance": abs(ready_bq * left / wanted - 1)
            > product.tolerance_percent / 100 + 1e-12,
            "transport_index_over_limit": ti > (3 if "air_passenger" in modes else 10),
            "activity_over_package_limit": depart_bq > a2_bq,
            "possession_limit_too_small": arrive_bq > self._possession(site, product, slot),
        }
        reason = next((reason for reason in REFUSALS[1:] if holds[reason]), "")
        cost = Fraction(self.batches[batch].dose_cost)
        cost += sum(self.cost(leg.lane) for leg in way.legs) if way else 0
        return {
            "product": self.product_of[name],
            "line": self.line_of[self.batches[batch].line],
            "batch": batch,
            "itinerary": number,
            "site": site,
            "slot": slot_number,
            "ready_ms": run.ready,
            "arrive_ms": way.legs[-1].arrive if way else None,
            "infuse_ms": infuse if slot else None,
            "activity_ready_bq": ready_bq if slot else None,
            "activity_arrive_bq": arrive_bq if way and slot else None,
            "activity_infuse_bq": ready_bq * left if slot else None,
            "volume_ml": volume if slot else None,
            "transport_index": ti if way and slot else None,
            "cost": float(cost) if way else None,
            "on_time": self._on_time(way, infuse) if way and slot else 0.0,
            "refusal": REFUSALS.index(reason),
        }

    def _may_make(self, batch: int, product: Product) -> bool:
        day, line = self.runs[batch].day, self.batches[batch].line
        return any(
            one.valid_from <= day <= one.valid_until
            for one in self.licences.get(("make", line, product.nuclide), ())
        )

    def _valid(self, site: int, product: Product, day: date) -> list[Licence]:
        held = self.licences.get(("treat", self.sites[site].site, product.nuclide), ())
        return [one for one in held if one.valid_from <= day <= one.valid_until]

    def _days(self, slot: Slot | None) -> list[date]:
        """The day of use; without a slot any day on which slots could be."""
        if slot:
            return [slot.day]
        synthesis_h = max((batch.synthesis_h for batch in self.batches), default=0.0)
        shelf_life_h = max((product.shelf_life_h for product in self.products), default=0.0)
        days = 7 + math.ceil((synthesis_h + shelf_life_h) / 24)
        return [self.week + timedelta(days=offset) for offset in range(days)]

    def _site_reasons(
        self,
        site: int,
        product: Product,
        slot: Slot | None,
    ) -> Mapping[str, bool]:
        days = self._days(slot)
        valid = [(one, day) for day in days for one in self._valid(site, product, day)]
        trained = any(one.training_until is None or one.training_until >= day for one, day in valid)
        offered = self.offers is None or (self.sites[site].site, product.product) in self.offers
        return {
            "product_not_licensed_at_site": not valid,
            "training_expired_at_site": not trained,
            "site_does_not_offer": not offered,
        }

    def _possession(self, site: int, product: Product, slot: Slot | None) -> float:
        """The largest limit of the licences valid on the day of use. [Bq]"""
        if slot is None:
            return math.inf
        limits = [
            math.inf if one.possession_gbq is None else one.possession_gbq * 1e9
            for one in self._valid(site, product, slot.day)
        ]
        return max(limits, default=math.inf)

    def _on_time(self, way: Way, infuse: int) -> float:
        if way.legs[-1].arrive > infuse:
            return 0.0
        probability = 1.0
        for nth, leg in enumerate(way.legs):
            lane = self.lanes[leg.lane]
            waits = 0
            for before, after in zip(way.legs[nth:], way.legs[nth + 1 :], strict=False):
                if after.deadline is not None:
                    buffer = after.deadline - before.arrive + waits
                    break
                waits += after.wait
            else:
                buffer = infuse - way.legs[-1].arrive + waits
            if lane.late_mean_h > 0:
                late = 1 - lane.on_time_percent / 100
                probability *= 1 - late * math.exp(-hours(buffer) / lane.late_mean_h)
        return probability


def _index(usv_h: float) -> float:
    """Transport index: 100 times mSv/h at 1 m, up to one decimal; 0.05 or less is zero."""
    index = usv_h / 10
    return 0.0 if index <= 0.05 else math.ceil(round(index * 10, 9)) / 10


def _a2_bq(nuclides: NuclideTable, name: str) -> float:
    figures = nuclides[name].transport
    assert figures is not None, f"{name} is not listed: use another nuclide in tests"
    return figures.a2_bq
