"""Headroom counted by adding doses one by one, from the definitions, in plain Python.

Knows nothing of the program's options, limits or solver. It reads the tables and counts every
combination of batches and slots of a day. For networks with one line, direct roads, one weekly lot
of each nuclide, and no calendars, beds or stores.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from doseline.model.network import Network

Row: TypeAlias = dict[str, Any]

DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
TINY = 1e-6


def days_of(text: str) -> set[int]:
    """Numbers of weekdays."""
    found: set[int] = set()
    for word in text.split():
        first, _, last = word.partition("-")
        low, high = DAY_NAMES.index(first), DAY_NAMES.index(last or first)
        found |= {at % 7 for at in range(low, high + 1 if high >= low else high + 8)}
    return found


def wall(day: date, clock: str, zone: str) -> datetime:
    """The instant of a wall time."""
    hour, minute = (int(part) for part in clock.split(":"))
    return datetime.combine(day, time(hour, minute), tzinfo=ZoneInfo(zone)).astimezone(UTC)


def hours(span: timedelta) -> float:
    return span.total_seconds() / 3600.0


@dataclass(frozen=True)
class Slot:
    """A slot of a suite, with its free chair minutes."""

    suite: str
    day: date
    start: datetime
    minutes: int


@dataclass(frozen=True)
class Run:
    """A batch on its day."""

    batch: int
    start: datetime
    ready: datetime


@dataclass(frozen=True)
class Dose:
    """One dose: the batch that makes it, and the slot in which it is given; or a bare one."""

    product: str
    slot: Slot
    run: Run | None = None
    arrives: datetime | None = None
    gbq_ready: float = 0.0


@dataclass
class Oracle:
    """One site, as its tables say."""

    network: Network
    site: str
    start: date
    days: int
    half_life_h: Mapping[str, float]
    given: list[Dose] = field(default_factory=list)
    """Doses that are promised."""

    def __post_init__(self) -> None:
        self.products = {row["product"]: row for row in self.rows("products")}
        self.zone = next(row["zone"] for row in self.rows("sites") if row["site"] == self.site)
        self.window = [self.start + timedelta(days=nth) for nth in range(self.days)]
        self.morning = wall(self.start, "00:00", self.zone)
        self.slots = list(self._slots())
        self.runs = list(self._runs())

    def rows(self, table: str) -> list[Row]:
        """A table."""
        return self.network.frame(table).to_dicts()

    def mine(self, table: str) -> list[Row]:
        """The rows of the site."""
        return [row for row in self.rows(table) if row["site"] == self.site]

    def _slots(self) -> Iterator[Slot]:
        taken = {(row["suite"], row["day"]): row["minutes"] for row in self.rows("booked")}
        for suite, day in itertools.product(self.mine("suites"), self.window):
            if day.weekday() not in days_of(suite["weekdays"]):
                continue
            open_h, close_h = (int(suite[name][:2]) for name in ("open", "close"))
            length = 60 * (close_h - open_h) // suite["slots_per_day"]
            booked = taken.get((suite["suite"], day), 0)
            for nth in range(suite["slots_per_day"]):
                begin = 60 * open_h + nth * length
                start = wall(day, f"{begin // 60:02d}:{begin % 60:02d}", self.zone)
                free = max(0, suite["chairs"] * length - booked)
                booked = max(0, booked - suite["chairs"] * length)
                yield Slot(suite["suite"], day, start, free)

    def _runs(self) -> Iterator[Run]:
        first = self.network.settings.plan_week - timedelta(days=14)
        for (number, batch), week in itertools.product(enumerate(self.rows("batches")), range(6)):
            day = first + timedelta(days=7 * week + DAY_NAMES.index(batch["weekday"]))
            start = wall(day, batch["start"], "America/Chicago")
            yield Run(number, start, start + timedelta(hours=batch["synthesis_h"]))

    # --- which doses there can be

    def doses(self, product: str, day: date, *, new: bool) -> list[Dose]:
        """Ways to give a product on a day, if the site may."""
        if not self.allowed(product, day) or (new and not self.orderable(product, day)):
            return []
        found = (
            self._dose(run, slot)
            for run in self.runs
            for slot in self.slots
            if slot.day == day and self.rows("batches")[run.batch]["product"] == product
            if not new or run.start >= self.morning
        )
        return [dose for dose in found if dose is not None]

    def bare(self, product: str, day: date) -> list[Dose]:
        """Doses that are simply there."""
        return [Dose(product, slot) for slot in self.slots if slot.day == day]

    def allowed(self, product: str, day: date) -> bool:
        """Licensed, and trained."""
        return any(
            day <= (row["training_until"] or day) for row in self.licences(product) if
            row["valid_from"] <= day <= row["valid_until"]
        )  # fmt: skip

    def licences(self, product: str) -> list[Row]:
        """Licences of the site to treat with a product."""
        nuclide = self.products[product]["nuclide"]
        return [
            row
            for row in self.rows("licences")
            if (row["holder"], row["operation"], row["nuclide"]) == (self.site, "treat", nuclide)
        ]

    def orderable(self, product: str, day: date) -> bool:
        """Whether it is early enough to order."""
        lead = timedelta(days=self.products[product]["order_lead_days"])
        return day - lead >= self.start

    def _dose(self, run: Run, slot: Slot) -> Dose | None:
        """The dose, if it is there in time, within shelf life, and the site may hold it."""
        batch = self.rows("batches")[run.batch]
        product = self.products[batch["product"]]
        lane = next(row for row in self.rows("lanes") if row["to_place"] == self.site)
        way = timedelta(hours=batch["qc_h"] + lane["handling_h"] + lane["duration_h"])
        arrives, age_h = run.ready + way, hours(slot.start - run.ready)
        if arrives > slot.start or age_h > product["shelf_life_h"] + 1e-9:
            return None
        half_life_h = self.half_life_h[product["nuclide"]]
        gbq = product["activity_gbq"] * 2.0 ** (age_h / half_life_h)
        on_arrival = product["activity_gbq"] * 2.0 ** (hours(slot.start - arrives) / half_life_h)
        most = [
            row["possession_gbq"]
            for row in self.licences(batch["product"])
            if row["valid_from"] <= slot.day <= row["valid_until"]
        ]
        if most and None not in most and on_arrival > max(most):
            return None
        return Dose(batch["product"], slot, run, arrives, gbq)

    # --- what limits them

    def fits(self, doses: list[Dose], *kinds: str) -> bool:
        """Whether some doses fit, with those that are promised, by the kinds of limits named."""
        every = [*self.given, *doses]
        return all(getattr(self, f"_{kind}_fits")(every, doses) for kind in kinds)

    def _chair_fits(self, every: list[Dose], doses: list[Dose]) -> bool:
        for slot in {dose.slot for dose in doses}:
            here = [one for one in every if one.slot == slot]
            need = sum(self.products[one.product]["chair_min"] for one in here)
            if need > slot.minutes:
                return False
        return True

    def _staff_fits(self, every: list[Dose], doses: list[Dose], only: str = "") -> bool:
        for role, day in {
            (task["role"], dose.slot.day) for task in self.rows("tasks") for dose in doses
        }:
            if only and role != only:
                continue
            minutes = {
                row["product"]: row["minutes"] for row in self.rows("tasks") if row["role"] == role
            }
            if not any(minutes[dose.product] for dose in doses if dose.slot.day == day):
                continue
            have = sum(
                row["count"] * row["hours_per_day"] * 60.0
                for row in self.mine("staff")
                if row["role"] == role and day.weekday() in days_of(row["weekdays"])
            )
            if sum(minutes[one.product] for one in every if one.slot.day == day) > have:
                return False
        return True

    def _authorised_user_fits(self, every: list[Dose], doses: list[Dose]) -> bool:
        return self._staff_fits(every, doses, "authorised_user")

    def _nurse_fits(self, every: list[Dose], doses: list[Dose]) -> bool:
        return self._staff_fits(every, doses, "nurse")

    def _possession_fits(self, every: list[Dose], doses: list[Dose]) -> bool:
        """At each arrival, all that is there lies within the smallest limit of that week."""
        for nuclide in {self.products[dose.product]["nuclide"] for dose in doses}:
            mine = [one for one in every if self.products[one.product]["nuclide"] == nuclide]
            new = [one for one in doses if self.products[one.product]["nuclide"] == nuclide]
            arrivals = {one.arrives for one in mine if one.arrives}
            arrivals |= {row["arrives"] for row in self._flying(nuclide)}
            for instant in arrivals:
                most = self._limit(mine[0].product, instant)
                # Only where a new dose is there can it be the one too many.
                if any(self._held(one, instant) for one in new) and most < math.inf:
                    held = sum(self._held(one, instant) for one in mine)
                    if held + self._held_anyway(nuclide, instant) > most + TINY:
                        return False
        return True

    def _limit(self, product: str, instant: datetime) -> float:
        day = instant.date()
        monday = day - timedelta(days=day.weekday())
        stated = [
            row["possession_gbq"]
            for row in self.licences(product)
            if row["valid_from"] <= monday + timedelta(days=6) and row["valid_until"] >= monday
        ]
        return min((one for one in stated if one is not None), default=math.inf)

    def _held(self, dose: Dose, instant: datetime) -> float:
        """What a site holds of a planned dose."""
        if dose.arrives is None or instant < dose.arrives:
            return 0.0
        product = self.products[dose.product]
        return self._vial(product, product["activity_gbq"], dose.slot.start, instant)

    def _vial(self, product: Row, gbq: float, infuse: datetime, instant: datetime) -> float:
        left = gbq * 2.0 ** (-hours(instant - infuse) / self.half_life_h[product["nuclide"]])
        return float(left if instant <= infuse else left * product["residual_percent"] / 100.0)

    def _held_anyway(self, nuclide: str, instant: datetime) -> float:
        """Stock, waste and doses on their way."""
        old = [row for row in self.rows("stock") if row["place"] == self.site]
        total = sum(
            row["activity_gbq"] * 2.0 ** (-hours(instant - row["at"]) / self.half_life_h[nuclide])
            for row in [*old, *self.mine("waste")]
            if row["nuclide"] == nuclide
        )
        for row in self._flying(nuclide):
            if instant >= row["arrives"]:
                product = self.products[row["product"]]
                total += self._vial(product, row["activity_gbq"], row["infuse"], instant)
        return float(total)

    def _flying(self, nuclide: str) -> list[Row]:
        return [
            row
            for row in self.mine("in_flight")
            if self.products[row["product"]]["nuclide"] == nuclide
        ]

    def _supply_fits(self, every: list[Dose], _: list[Dose]) -> bool:
        """Vials and activity of each batch, and the week's lot that its runs share."""
        batches = self.rows("batches")
        made: dict[Run, list[Dose]] = {}
        for dose in every:
            if dose.run is not None:
                made.setdefault(dose.run, []).append(dose)
        drawn: dict[tuple[str, int], float] = {}
        for run, vials in made.items():
            batch = batches[run.batch]
            gbq = sum(one.gbq_ready for one in vials)
            if len(vials) > batch["max_doses"] or gbq > batch["max_activity_gbq"] + TINY:
                return False
            nuclide = self.products[batch["product"]]["nuclide"]
            reference = self._reference(nuclide, run)
            decayed = 2.0 ** (-hours(run.ready - reference) / self.half_life_h[nuclide])
            # The runs that start in one week share one delivery, whichever they draw from.
            monday = run.start.astimezone(ZoneInfo("America/Chicago")).date()
            key = nuclide, (monday - timedelta(days=monday.weekday())).toordinal()
            drawn[key] = drawn.get(key, 0.0) + gbq / decayed / (batch["yield_percent"] / 100.0)
        return all(
            gbq <= self._lot(nuclide)["capacity_gbq"] + TINY for (nuclide, _), gbq in drawn.items()
        )

    def _lot(self, nuclide: str) -> Row:
        sources = {row["source"] for row in self.rows("sources") if row["nuclide"] == nuclide}
        return next(row for row in self.rows("lots") if row["source"] in sources)

    def _reference(self, nuclide: str, run: Run) -> datetime:
        """Reference time of the last delivery that has arrived when a run starts."""
        lot = self._lot(nuclide)
        day = run.start.date() + timedelta(days=1)
        while True:
            if DAY_NAMES[day.weekday()] == lot["weekday"]:
                reference = wall(day, lot["reference"], "UTC")
                if reference + timedelta(hours=lot["lead_h"]) <= run.start:
                    return reference
            day -= timedelta(days=1)

    # --- counting

    def best(self, ways: list[Dose], *kinds: str) -> list[Dose]:
        """Most doses of some ways that fit together; of equal numbers, those with least activity."""
        best: list[Dose] = []

        def lean(doses: list[Dose]) -> tuple[int, float]:
            return -len(doses), round(sum(one.gbq_ready for one in doses), 6)

        def extend(doses: list[Dose], first: int) -> None:
            nonlocal best
            if lean(doses) < lean(best):
                best = doses
            for at in range(first, len(ways)):
                more = [*doses, ways[at]]
                if self.fits(more, *kinds):
                    extend(more, at)

        extend([], 0)
        return best

    def most(self, ways: list[Dose], *kinds: str) -> int:
        """How many doses fit together."""
        return len(self.best(ways, *kinds))

    def acceptable(self, product: str, day: date) -> list[Dose]:
        """The doses that a day can take beside what is promised."""
        ways = self.doses(product, day, new=True)
        return self.best(ways, "chair", "staff", "possession", "supply")

    def supply(self, product: str, day: date) -> int:
        """Doses that can be brought; a run fills most vials for the first slot that it reaches."""
        earliest: dict[Run | None, Dose] = {}
        for dose in self.doses(product, day, new=True):
            kept = earliest.get(dose.run)
            if kept is None or dose.gbq_ready < kept.gbq_ready:
                earliest[dose.run] = dose
        return self.most(list(earliest.values()), "supply")

    # --- what is promised

    def promise_flying(self) -> None:
        """Infusions of doses on their way take the slot that has begun, or the first of their day.

        Of suites that begin together, the first that has room for it and its staff.
        """
        for row in self.mine("in_flight"):
            day = row["infuse"].astimezone(ZoneInfo(self.zone)).date()
            today = [one for one in self.slots if one.day == day]
            begun = [one for one in today if one.start <= row["infuse"]]
            last = max((one.start for one in begun), default=None)
            ways = [Dose(row["product"], one) for one in begun if one.start == last]
            if today and not begun:
                first = min(one.start for one in today)
                ways = [Dose(row["product"], one) for one in today if one.start == first][:1]
            fitting = [one for one in ways if self.fits([one], "chair", "staff")]
            self.given += (fitting or ways)[:1]

    def promise_orders(self) -> dict[str, date | None]:
        """Orders, the most pressing first, on the earliest day that takes each."""
        placed: dict[str, date | None] = {}
        rows = sorted(
            self.mine("orders"), key=lambda row: (row["latest"], row["earliest"], row["order"])
        )
        for row in rows:
            if row["latest"] >= self.start and row["earliest"] <= self.window[-1]:
                placed[row["order"]] = self._promise(row["product"], row["earliest"], row["latest"])
        return placed

    def promise_course(self, product: str, due: date) -> date | None:
        """A dose of a course on its due day or as soon after it as possible."""
        return self._promise(product, due, self.window[-1])

    def _promise(self, product: str, earliest: date, latest: date) -> date | None:
        for day in self.window:
            if earliest <= day <= latest:
                ways = self.doses(product, day, new=False)
                fitting = [
                    one
                    for one in ways
                    if self.fits([one], "chair", "staff", "possession", "supply")
                ]
                if fitting:
                    self.given.append(min(fitting, key=lambda one: one.gbq_ready))
                    return day
        return None
