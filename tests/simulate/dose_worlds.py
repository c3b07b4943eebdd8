"""Small worlds by hand in which patients wait for the doses of a week.

Every region has one site and every site one run a week, so that a world of many regions is as many
independent replications of one site.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from tests.simulate.queues import ORDER, SITE, Step, course, no_supply, payers, queue_world

from doseline.model.ledger import LINKS
from doseline.simulate.engine.world import NOWHERE, Places, Sites, Supply, World

if TYPE_CHECKING:
    from tests.simulate.queues import Floats

PLENTY = 1e9
READY, ARRIVE, INFUSE, LATE = 8.0, 7.6, 7.4, 7.3
"""Activity of a dose when ready, on arrival, at the infusion, and there if it is late. [GBq]"""
PER_GBQ = 0.5
"""GBq in the vial for each GBq of isotope drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """A typical week at each site."""

    day: float = 2.0
    doses: float = PLENTY
    failure: float = 0.0
    release_failure: float = 0.0
    on_time: float = 1.0
    usable: float | None = None
    """On time or little late; as on time if none is given."""
    unexpired: float = 1.0
    least: float = 0.0
    chairs: float = PLENTY
    """Doses that a site may give in a week."""
    uses: float = 1.0
    """Chairs that a dose uses."""
    isotope: float = PLENTY
    """Isotope delivered for each site. [GBq]"""
    share: Floats | None = None
    """Factor of the run in each week."""


def dose_world(
    week: Week,
    *,
    weeks: int,
    regions: int = 1,
    steps: tuple[Step, ...] = (SITE, ORDER),
    **of_course: Any,
) -> World:
    """Patients of one product whose journey ends at the order, with a site in each region."""
    bare = queue_world(steps, regions=regions, weeks=weeks)
    return replace(
        bare,
        payers=payers(),
        sites=Sites(
            places=Places(
                place=np.arange(regions)[:, np.newaxis],
                km=np.full((regions, 1), 10.0),
                size=np.ones(regions),
            ),
            offers=np.ones((regions, 1, 1), np.bool_),
            listed_from=np.zeros((regions, 1)),
            blocked=np.full((regions, 1), NOWHERE),
        ),
        course=course(products=1, weeks=weeks, **of_course),
        supply=_supply(week, weeks, regions),
    )


def _supply(week: Week, weeks: int, sites: int) -> Supply:
    def each(value: float) -> Floats:
        return np.full(sites, value)

    rows, on = np.arange(sites + 1), np.ones((weeks, sites))
    share = on if week.share is None else np.repeat(week.share[:, np.newaxis], sites, axis=1)
    return replace(
        no_supply(weeks, products=1, sites=sites),
        way_first=rows,
        way_run=rows[:-1],
        way_day=each(week.day),
        way_on_time=each(week.on_time),
        way_usable=each(week.on_time if week.usable is None else week.usable),
        way_unexpired=each(week.unexpired),
        way_ready=each(READY),
        way_arrive=each(ARRIVE),
        way_infuse=each(INFUSE),
        way_late=each(LATE),
        way_cost=each(100.0),
        run_key=rows[:-1].astype(np.uint64) + np.uint64(1000),
        run_doses=each(week.doses),
        run_activity=each(1e12),
        run_failure=each(week.failure),
        run_release_failure=each(week.release_failure),
        run_least=each(week.least),
        run_share=share,
        conflict_first=np.zeros(sites + 1, np.int64),
        draw_first=rows,
        draw_pool=rows[:-1],
        draw_per_gbq=each(PER_GBQ),
        pool_gbq=each(week.isotope),
        pool_share=on,
        cap_first=rows,
        cap_link=np.full(sites, LINKS.index("no_suite")),
        cap_most=each(week.chairs),
        cap_uses=np.full((sites, 1), week.uses),
        site_share=on,
    )
