"""Kinds of weeks: weeks that are alike share their delivery options and their weekly model.

What tells weeks apart is what changes the options or the plan's limits: work calendars from the
week's Monday to the last day of infusion, what sources deliver, and who has finished training.
Weeks with the same calendars share options, moved by whole weeks. Clock changes and the validity of
licences and departures are those of the week that the options are built for: the planned week
where its calendars are the same, else the week that the fewest holidays touch.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import polars as pl

from doseline.model.columns import weekday_numbers
from doseline.model.ledger import LINKS
from doseline.model.options import LINK_OF_REFUSAL, REFUSALS
from doseline.model.supply import Lot, SupplyChange
from doseline.plan.supply.batches import available_share
from doseline.plan.weekly.aggregate import WeeklyModel
from doseline.routes.clock import MS_PER_DAY
from doseline.routes.options import build_options
from doseline.routes.weeks import CalendarKey, calendar_key
from doseline.simulate.calendar import WINDOW_DAYS
from doseline.simulate.gates import NO_LINK

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import date

    from doseline.model.network import Network
    from doseline.model.options import Options
    from doseline.physics.nuclides import NuclideTable
    from doseline.simulate.calendar import Calendar
    from doseline.simulate.pathway import Ints

WeekKey: TypeAlias = tuple[CalendarKey, tuple[tuple[str, int, float], ...], int]

TRAINING_WEEKS = 8
"""In simulated weeks new staff count from the first week of the next so many, counted from the
planned week, so that a network with many trainees has few kinds of weeks (policy value). The
exactly planned week counts them from their first day."""

PATIENCE_WEEKS = 4
"""A site takes patients while a dose is possible in this week or so many later ones: a week that is
shut by a holiday turns nobody away (policy value)."""


@dataclass(frozen=True, kw_only=True)
class WeekKind:
    """Weeks that are alike, with what serves them."""

    network: Network
    """The network with those of its trainees who count."""
    options: Options
    """Delivery options of the first week of the kind; of the planned week, if it is of the kind."""
    blocked: Ints
    """Link that stops every option of a product at a site, or NO_LINK; shape (site, product)."""
    nuclides: NuclideTable
    typical: Ints
    """Orders near those of an expected week, to start the weekly model from."""

    @cached_property
    def weekly(self) -> WeeklyModel:
        """The weekly model, built when a week of the kind is first served."""
        return WeeklyModel(self.network, self.options, nuclides=self.nuclides, typical=self.typical)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weeks:
    """The kinds of the simulated weeks."""

    kinds: tuple[WeekKind, ...]
    """The planned week's kind first."""
    kind_of: Ints
    """Kind of each simulated week."""

    def of(self, week: int) -> WeekKind:
        """The kind of a week."""
        return self.kinds[int(self.kind_of[week])]

    def blocked(self) -> Ints:
        """Link that stops a patient's doses, or NO_LINK, shape (week, site, product).

        One row stands for all weeks if they are all of one kind.
        """
        if len(self.kinds) == 1:
            return self.kinds[0].blocked[None]
        by_week = np.array([kind.blocked for kind in self.kinds])[self.kind_of]
        last = len(by_week) - 1
        later = np.arange(len(by_week))[:, None] + np.arange(PATIENCE_WEEKS + 1)
        opens = (by_week[np.minimum(later, last)] == NO_LINK).any(axis=1)
        return np.where(opens, NO_LINK, by_week)


def weeks_of(
    network: Network,
    calendar: Calendar,
    *,
    nuclides: NuclideTable,
    offers: AbstractSet[tuple[str, str]],
    nights: Mapping[str, int],
    use_factors: Mapping[str, float],
    typical: Ints,
) -> Weeks:
    """The kinds of all simulated weeks, the planned week's first.

    Args:
        network: The network.
        calendar: The simulated weeks.
        nuclides: Half-lives.
        offers: Pairs of site and product that take part.
        nights: Nights in hospital after each product. [d]
        use_factors: Weight of an activity in a day's operating quantity by nuclide. [unitless]
        typical: Orders near those of an expected week, shape (site, product, kind).
    """
    planned = network.settings.plan_week
    mondays = [planned, *(calendar.monday(number) for number in range(calendar.weeks))]
    first_of: dict[WeekKey, date] = {}
    for monday in mondays:
        first_of.setdefault(week_key(network, monday), monday)
    built = {
        closures: build_options(
            network,
            nuclides=nuclides,
            week=week,
            offers=offers,
            nights=nights,
            use_factors=use_factors,
        )
        for closures, week in _build_weeks(network, mondays).items()
    }
    blocked = {key: blocked_links(network, options) for key, options in built.items()}
    kinds = tuple(
        WeekKind(
            network=_with_trainees(network, first),
            options=moved(built[key[0]], first),
            blocked=blocked[key[0]],
            nuclides=nuclides,
            typical=typical,
        )
        for key, first in first_of.items()
    )
    place = {key: at for at, key in enumerate(first_of)}
    kind_of = [place[week_key(network, monday)] for monday in mondays[1:]]
    return Weeks(kinds=kinds, kind_of=np.array(kind_of, dtype=np.int64))


def _build_weeks(network: Network, mondays: Sequence[date]) -> dict[CalendarKey, date]:
    """The week for which the options of each set of closures are built; the planned week is first."""
    planned = _closures(network, mondays[0])
    found = {planned: mondays[0]}
    for monday in sorted(mondays, key=lambda one: len(calendar_key(network, one))):
        found.setdefault(_closures(network, monday), monday)
    return found


def moved(options: Options, week: date) -> Options:
    """The options of a week as those of another: every instant lies whole weeks later or earlier."""
    days = (week - options.week).days
    if not days:
        return options
    ms = days * MS_PER_DAY
    legs = [
        pl.col(name).list.eval(pl.element() + ms) for name in ("leg_depart_ms", "leg_arrive_ms")
    ]
    return dataclasses.replace(
        options,
        week=week,
        rows=options.rows.with_columns(pl.col("ready_ms", "arrive_ms", "infuse_ms") + ms),
        itineraries=options.itineraries.with_columns(pl.col("depart_ms", "arrive_ms") + ms, *legs),
        slots=options.slots.with_columns(
            pl.col("day") + timedelta(days=days), pl.col("start_ms", "end_ms") + ms
        ),
    )


def week_key(network: Network, week: date) -> WeekKey:
    """What tells a week from others: calendars, isotope deliveries, and staff trained by then."""
    trained = network.frame("training").filter(pl.col("ready") <= trained_by(network, week))
    return _closures(network, week), _deliveries(network, week), trained.height


def _closures(network: Network, week: date) -> CalendarKey:
    """What calendars say from the week's Monday to the last day of infusion."""
    _, last = WINDOW_DAYS
    return frozenset(one for one in calendar_key(network, week) if 0 <= one[1] <= last)


def trained_by(network: Network, week: date) -> date:
    """Last day by which trainees must be ready to count in a week."""
    step = timedelta(weeks=TRAINING_WEEKS)
    passed = (week - network.settings.plan_week) // step
    return network.settings.plan_week + passed * step


def _with_trainees(network: Network, week: date) -> Network:
    """The network without those who do not count in a week."""
    trainees = network.frame("training")
    if trainees.is_empty():
        return network
    return network.replace(training=trainees.filter(pl.col("ready") <= trained_by(network, week)))


def _deliveries(network: Network, week: date) -> tuple[tuple[str, int, float], ...]:
    """Shares, other than the whole, of the lots that runs of a week may draw from."""
    changes = network.rows(SupplyChange)
    if not changes:
        return ()
    found = []
    for lot in network.rows(Lot):
        mine = [row for row in changes if row.source == lot.source]
        back = 1 + math.ceil(lot.lead_h / 168.0)
        for day in weekday_numbers(lot.weekday) if mine else ():
            for ago in range(-7 * back, 1, 7):
                share = available_share(mine, week + timedelta(days=day + ago))
                if share != 1.0:
                    found.append((lot.lot, day + ago, share))
    return tuple(found)


def blocked_links(network: Network, options: Options) -> Ints:
    """Link that stops every option of a product at a site, or NO_LINK; shape (site, product).

    A site without any option has no suite that is open in the week.
    """
    shape = network.frame("sites").height, network.frame("products").height
    blocked = np.full(shape, LINKS.index("no_suite"))
    furthest = options.rows.group_by("site", "product").agg(
        pl.col("refusal").min().alias("least"), pl.col("refusal").max().alias("furthest")
    )
    for row in furthest.iter_rows(named=True):
        at = row["site"], row["product"]
        reason = REFUSALS[row["furthest"]]
        blocked[at] = NO_LINK if row["least"] == 0 else LINKS.index(LINK_OF_REFUSAL[reason])
    return blocked
