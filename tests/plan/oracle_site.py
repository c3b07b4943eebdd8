"""What sites and vehicles give, for the brute force: chairs, people, licences, departures."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tests.plan.oracle_network import people, slower

from doseline.model.columns import weekday_numbers
from doseline.model.supply import Licence, Product
from doseline.model.transport import Lane
from doseline.model.treatment import Site, Staff, Suite, Task

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from tests.plan.oracle import Choice

    from doseline.model.network import Network
    from doseline.model.options import Options

_SLACK = 1e-9
INDEX_LIMITS = {"road": 50.0, "air_passenger": 50.0, "air_cargo": 200.0}
"""Most transport index in one vehicle not under exclusive use: 49 CFR 177.842(a), 175.700(b) and
175.702(b)."""


@dataclass(frozen=True, kw_only=True)
class SiteLimits:
    """Limits that a week's doses share, counted dose by dose."""

    network: Network
    options: Options
    without: str = ""
    """A limit that is lifted."""

    def hold(self, doses: Sequence[Choice]) -> bool:
        """Whether all limits hold."""
        checks = {
            "chairs": self._chairs_hold,
            "staff": self._staff_hold,
            "staff_slot": self._slots_of_staff_hold,
            "staff_dose": self._staff_dose_holds,
            "daily_use": self._daily_use_holds,
            "annual_use": self._annual_use_holds,
            "conveyance": self._conveyances_hold,
        }
        return all(check(doses) for name, check in checks.items() if name != self.without)

    @cached_property
    def _slower(self) -> dict[tuple[str, str], float]:
        """Times the routine minutes, by site and product."""
        return {
            (site.site, product.product): slower(self.network, site.site, product.product)
            for site in self.network.rows(Site)
            for product in self.network.rows(Product)
        }

    def _times(self, dose: Choice) -> float:
        return self._slower[dose.site.site, dose.product.product]

    @cached_property
    def _slots(self) -> list[dict[str, int]]:
        return self.options.slots.to_dicts()

    @cached_property
    def _suites(self) -> tuple[Suite, ...]:
        return self.network.rows(Suite)

    def _chairs_hold(self, doses: Sequence[Choice]) -> bool:
        taken: dict[int, float] = defaultdict(float)
        for dose in doses:
            suite = self._suites[self._slots[dose.slot]["suite"]]
            taken[dose.slot] += dose.product.chair_min * self._times(dose) + suite.turnover_min
        return not any(_over(min_, self._slots[slot]["chair_min"]) for slot, min_ in taken.items())

    @cached_property
    def _staff(self) -> dict[tuple[str, str], Staff]:
        return {(one.site, one.role): one for one in self.network.rows(Staff)}

    @cached_property
    def _tasks(self) -> tuple[Task, ...]:
        return self.network.rows(Task)

    def _work(self, doses: Sequence[Choice]) -> Iterator[tuple[Choice, Task, float]]:
        for dose in doses:
            for task in self._tasks:
                if task.product == dose.product.product:
                    yield dose, task, task.minutes * self._times(dose)

    def _people(self, site: str, role: str, day: date) -> int:
        staff = self._staff.get((site, role))
        if staff is None or day.weekday() not in weekday_numbers(staff.weekdays):
            return 0
        return people(self.network, staff, day)

    def _staff_hold(self, doses: Sequence[Choice]) -> bool:
        asked: dict[tuple[str, str, date], float] = defaultdict(float)
        for dose, task, minutes in self._work(doses):
            asked[dose.site.site, task.role, dose.day] += minutes
        hours = {key: one.hours_per_day for key, one in self._staff.items()}
        return not any(
            _over(minutes, self._people(site, role, day) * hours.get((site, role), 0.0) * 60.0)
            for (site, role, day), minutes in asked.items()
        )

    def _slots_of_staff_hold(self, doses: Sequence[Choice]) -> bool:
        asked: dict[tuple[str, str, int], float] = defaultdict(float)
        for dose, task, minutes in self._work(doses):
            asked[dose.site.site, task.role, dose.slot] += minutes
        return not any(
            _over(minutes, self._at_work_min(self._staff[site, role], self._slots[slot]))
            for (site, role, slot), minutes in asked.items()
            if (site, role) in self._staff and _has_hours(self._staff[site, role])
        )

    def _at_work_min(self, staff: Staff, slot: Mapping[str, int]) -> float:
        """Minutes that all people of a role give to a slot."""
        (zone,) = {one.zone for one in self.network.rows(Site) if one.site == staff.site}
        start = datetime.fromtimestamp(slot["start_ms"] / 1000, tz=UTC)
        local = start.astimezone(ZoneInfo(zone)).date()
        shared = shared_time(
            [
                (start, start + timedelta(milliseconds=slot["end_ms"] - slot["start_ms"])),
                hours_of(staff, local, zone),
            ]
        )
        return self._people(staff.site, staff.role, local) * (shared / timedelta(minutes=1))

    def _staff_dose_holds(self, doses: Sequence[Choice]) -> bool:
        got: dict[tuple[str, str], float] = defaultdict(float)
        for dose, task, _ in self._work(doses):
            got[dose.site.site, task.role] += task.dose_usv
        return not any(
            _over(got[key], people(self.network, staff, self.options.week) * staff.dose_budget_usv)
            for key, staff in self._staff.items()
            if staff.dose_budget_usv is not None
        )

    def _given(self, doses: Sequence[Choice], licence: Licence) -> list[Choice]:
        held = (licence.holder, licence.nuclide)
        return [dose for dose in doses if (dose.site.site, dose.product.nuclide) == held]

    def _factor(self, dose: Choice) -> float:
        factors = self.options.use_factors
        return factors[self.options.rows["product"][dose.row]] if factors else 1.0

    @cached_property
    def _licences(self) -> list[Licence]:
        return [one for one in self.network.rows(Licence) if one.operation == "treat"]

    def _daily_use_holds(self, doses: Sequence[Choice]) -> bool:
        for licence in self._licences:
            by_day: dict[date, float] = defaultdict(float)
            for dose in self._given(doses, licence):
                if licence.valid_from <= dose.day <= licence.valid_until:
                    by_day[dose.day] += dose.infuse_gbq * self._factor(dose)
            if licence.daily_gbq is not None and any(
                _over(gbq, licence.daily_gbq) for gbq in by_day.values()
            ):
                return False
        return True

    def _annual_use_holds(self, doses: Sequence[Choice]) -> bool:
        for licence in self._licences:
            used = [dose.infuse_gbq for dose in self._given(doses, licence)]
            most = math.inf if licence.annual_gbq is None else licence.annual_gbq
            if used and _over(sum(used) + licence.annual_used_gbq, most):
                return False
        return True

    @cached_property
    def _lanes(self) -> tuple[Lane, ...]:
        return self.network.rows(Lane)

    @cached_property
    def _scheduled(self) -> set[str]:
        return set(self.network.frame("departures")["lane"])

    @cached_property
    def _ways(self) -> list[dict[str, list[int]]]:
        ways = self.options.itineraries.to_dicts()
        return [ways[at] for at in self.options.rows["itinerary"].to_list()]

    @cached_property
    def _index(self) -> list[float]:
        return self.options.rows["transport_index"].to_list()

    def _conveyances_hold(self, doses: Sequence[Choice]) -> bool:
        aboard: dict[tuple[int, int], list[float]] = defaultdict(list)
        for dose in doses:
            way = self._ways[dose.row]
            for number, left in zip(way["leg_lane"], way["leg_depart_ms"], strict=True):
                if self._lanes[number].lane in self._scheduled:
                    aboard[number, left].append(self._index[dose.row])
        for (number, _), indices in aboard.items():
            lane = self._lanes[number]
            if lane.most_packages is not None and len(indices) > lane.most_packages:
                return False
            limits = [INDEX_LIMITS[lane.mode]]
            if lane.most_transport_index is not None:
                limits.append(lane.most_transport_index)
            if _over(sum(indices), min(limits)):
                return False
        return True


def hours_of(staff: Staff, day: date, zone: str) -> tuple[datetime, datetime]:
    """When a role is at work on a day; hours that end before they start end on the next."""
    next_day = day + timedelta(days=1) if staff.end <= staff.start else day
    start, end = (
        datetime.combine(date_, time.fromisoformat(clock), tzinfo=ZoneInfo(zone)).astimezone(UTC)
        for date_, clock in ((day, staff.start), (next_day, staff.end))
    )
    return start, end


def shared_time(several: Sequence[tuple[datetime, datetime]]) -> timedelta:
    """Length of what some intervals have in common."""
    return max(timedelta(0), min(end for _, end in several) - max(start for start, _ in several))


def _has_hours(staff: Staff) -> bool:
    return staff.start != staff.end


def _over(amount: float, limit: float) -> bool:
    return amount > limit * (1.0 + _SLACK) + 1e-12
