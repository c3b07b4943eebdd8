"""Why each unserved order was left: one link of the ledger, and the key of a sentence.

An order without any usable option is booked by its refusals: the one that got furthest in the
chain of checks decides. If it rules out every day of its window itself, or those days on which a
usable option reaches it, what ruled them out decides (:mod:`doseline.plan.orders.terms`).

An order that has options was left because something was short. It is booked to the first link,
upstream first, that alone stood in its way, everybody else's plan unchanged: the reason is the one
cause that did, or the first of the link's that did together. If no single link would do, it is
booked to the first of those that are short together.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from doseline.model.ledger import LINKS
from doseline.model.options import LINK_OF_REFUSAL, REFUSALS
from doseline.plan.limits.activity_use import ANNUAL_USE, DAILY_USE
from doseline.plan.limits.beds import BED
from doseline.plan.limits.conveyances import CONVEYANCE
from doseline.plan.limits.fleet import FLEET
from doseline.plan.limits.quotas import QUOTA
from doseline.plan.limits.reserved import RESERVED
from doseline.plan.limits.rows import CHAIR, POSSESSION
from doseline.plan.limits.staffing import STAFF, STAFF_DOSE, STAFF_HOURS
from doseline.plan.limits.waste import WASTE
from doseline.plan.orders.terms import OWN_REFUSALS
from doseline.plan.residual import BATCHES, CHANGEOVER, ISOTOPE, Residual

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet
    from datetime import date

    from numpy.typing import NDArray

    from doseline.model.options import Options
    from doseline.plan.problem import Problem
    from doseline.plan.solver.solve import Solved

SHORTAGES = (
    ("no_isotope", "isotope_short", (ISOTOPE,)),
    ("no_batch_capacity", "line_occupied", (CHANGEOVER,)),
    ("no_batch_capacity", "batches_full", (BATCHES,)),
    ("no_batch_capacity", "quota_reached", (QUOTA,)),
    ("transport", "vehicles_taken", (FLEET,)),
    ("transport", "departure_full", (CONVEYANCE,)),
    ("licence_or_possession", "possession_full", (POSSESSION,)),
    ("licence_or_possession", "daily_use_full", (DAILY_USE,)),
    ("licence_or_possession", "annual_use_full", (ANNUAL_USE,)),
    ("licence_or_possession", "waste_store_full", (WASTE,)),
    ("no_suite", "suites_full", (CHAIR, STAFF, STAFF_HOURS)),
    ("no_suite", "beds_full", (BED,)),
    ("no_suite", "reservations_full", (RESERVED,)),
    ("no_suite", "staff_dose_full", (STAFF_DOSE,)),
)
"""Link, reason and causes of what can be short, upstream first."""

NO_BATCH = ("no_batch_capacity", "no_batch_makes_product")
NO_SLOT = ("no_suite", "no_slot_in_window")
COMBINED = "several_limits_together"
TOO_DEAR = ("no_batch_capacity", "costs_more_than_penalty")

_ASKED = ("site", "product", "profile", "earliest", "latest")
_SCHEMA = {"group": pl.Int64, "number": pl.Int64, "link": pl.String, "reason": pl.String}


def reasons_of(
    problem: Problem, options: Options, placed: pl.DataFrame, solved: Solved
) -> pl.DataFrame:
    """group, number (from 0 among the group's unserved orders), link and reason of each.

    Args:
        problem: The week's problem.
        options: With the refused rows.
        placed: group, column, doses of the solution.
        solved: The solution.
    """
    served = placed.group_by("group").agg(pl.col("doses").sum())
    left = (
        problem.groups.join(served, on="group", how="left", maintain_order="left")
        .with_columns(left=pl.col("count") - pl.col("doses").fill_null(0))
        .filter(pl.col("left") > 0)
    )
    with_option = set(problem.columns["group"].unique().to_list())
    residual = Residual(problem, placed, solved)
    hopeless = functools.cache(
        _Hopeless(problem, options, left.filter(~pl.col("group").is_in(list(with_option)))).reason
    )
    found: list[tuple[int, int, str, str]] = []
    # Orders that the rule serves first are explained first, while there is most room left.
    for row in left.sort("penalty", "group", descending=[True, False]).iter_rows(named=True):
        same = None
        if row["group"] not in with_option:
            same = hopeless(*(row[name] for name in _ASKED))
        for number in range(row["left"]):
            link, reason = same or _short(residual, row["group"])
            found.append((row["group"], number, link, reason))
    return pl.DataFrame(found, schema=_SCHEMA, orient="row")


class _Hopeless:
    """Why orders without a column get nothing."""

    def __init__(self, problem: Problem, options: Options, groups: pl.DataFrame) -> None:
        slots = options.slots
        rows = options.rows.join(groups, on=["site", "product"], how="semi")
        self._day = dict(slots.select("slot", "day").iter_rows())
        # One row a pair, slot and refusal says all: there may be many thousands of each.
        alike = ["site", "product", "slot", "refusal"]
        pairs = rows.select(alike).unique().partition_by("site", "product", as_dict=True)
        self._rows = {
            pair: list(of.select("slot", "refusal").iter_rows()) for pair, of in pairs.items()
        }
        refused = problem.refused.partition_by("profile", as_dict=True)
        self._own = {
            key[0]: list(of.select("day", "reason").iter_rows()) for key, of in refused.items()
        }

    def reason(
        self, site: int, product: int, profile: int, earliest: date, latest: date
    ) -> tuple[str, str]:
        """Link and reason of an order: by its own terms, or by its options."""
        rows = self._rows.get((site, product), [])
        open_days = {day for day in self._day.values() if earliest <= day <= latest}
        ruled_out = {
            day: reason for day, reason in self._own.get(profile, ()) if earliest <= day <= latest
        }
        if not ruled_out:
            return self._refused(rows, open_days)
        reached = {self._day.get(slot) for slot, refusal in rows if not refusal} & open_days
        # Every day on which a usable option comes is ruled out, by the order or by the caller.
        if not reached and not open_days <= set(ruled_out):
            return self._refused(rows, open_days - set(ruled_out))
        deciding = [ruled_out[day] for day in reached if day in ruled_out]
        deciding = deciding or list(ruled_out.values())
        reason = max(deciding, key=list(OWN_REFUSALS).index)
        return OWN_REFUSALS[reason], reason

    def _refused(self, rows: Sequence[tuple[int, int]], days: AbstractSet[date]) -> tuple[str, str]:
        """Link and reason of an order whose options are all refused, or that has none.

        Args:
            rows: Slot and refusal of each option of its site and product.
            days: Days that count.
        """
        if not rows:
            return NO_BATCH
        # Rows without a slot were refused before slots were looked at, so they speak for every day.
        furthest = max(
            (no for slot, no in rows if slot < 0 or self._day.get(slot) in days), default=0
        )
        reason = REFUSALS[furthest]
        if not reason:
            # No option at all, or the caller took those away that there are, and knows why.
            return NO_SLOT
        return LINK_OF_REFUSAL[reason], reason


def _short(residual: Residual, group: int) -> tuple[str, str]:
    """Link and reason of an order that has options; what it would use is then taken."""
    if residual.place(group, frozenset()):
        return TOO_DEAR
    present = [one for one in SHORTAGES if not residual.causes.isdisjoint(one[2])]
    of_link: dict[str, list[tuple[str, str, tuple[str, ...]]]] = {}
    for shortage in present:
        link, reason, causes = shortage
        if residual.place(group, frozenset(causes)):
            return link, reason
        of_link.setdefault(link, []).append(shortage)
    every = {link: {cause for one in own for cause in one[2]} for link, own in of_link.items()}
    for link, own in of_link.items():
        if len(own) > 1 and residual.place(group, every[link]):
            return link, own[0][1]
    together = set().union(*every.values())
    needed = (link for link in every if not residual.fits(group, together - every[link]))
    return next(needed, present[0][0]), COMBINED


def link_without_option(options: Options, shape: tuple[int, int]) -> NDArray[np.int64]:
    """Link of each site and product by the refusal that got furthest, as index into LINKS.

    Args:
        options: Delivery options; pairs with a usable one get a link too, which has no meaning.
        shape: Number of sites and of products.
    """
    links = np.full(shape, LINKS.index(NO_BATCH[0]))
    furthest = options.rows.group_by("site", "product").agg(pl.col("refusal").max())
    of_refusal = [LINKS.index(LINK_OF_REFUSAL.get(name, NO_BATCH[0])) for name in REFUSALS]
    site, product = furthest["site"].to_numpy(), furthest["product"].to_numpy()
    links[site, product] = np.array(of_refusal)[furthest["refusal"].to_numpy()]
    return links
