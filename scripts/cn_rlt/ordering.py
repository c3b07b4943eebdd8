"""Cut-offs, commitments and the administrative steps of each hospital."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from scripts.cn_rlt.holidays import MAKER
from scripts.cn_rlt.sources import ZONE
from scripts.us_lu177 import draw

if TYPE_CHECKING:
    from scripts.cn_rlt.sites import Placed
    from scripts.us_lu177.tables import Rows

APPROVED = date(2025, 11, 5)
"""Approval of the commercial Lu-PSMA: early November 2025."""
LAUNCHED = date(2026, 1, 22)
"""Day of the distribution agreement, from which the product is sold (an assumption)."""
TRIAL_SITES = 30
"""Sites of the trial of Lu-177 dotatate: an assumption."""

_CUTOFFS = (
    # product, days of infusion, days before, time
    ("lu-psma", "Mon-Wed", 10, "15:00"),
    ("lu-psma", "Thu-Sat", 8, "15:00"),
    ("i131-nai", "Mon-Sat", 5, "15:00"),
    ("at-trial", "Mon-Fri", 3, "12:00"),
)
_LADDER = (
    # product, days before, may move, fee as percent of the price
    ("lu-psma", 14, True, 0),
    ("lu-psma", 7, True, 20),
    ("lu-psma", 3, False, 100),
    ("i131-nai", 7, True, 0),
    ("i131-nai", 2, False, 100),
)


def cutoff_rows() -> Rows:
    """The last moment to order, by day of infusion."""
    names = ("product", "infusion_weekdays", "days_before", "clock")
    return [
        {
            **dict(zip(names, one, strict=True)),
            "zone": ZONE,
            "calendar": MAKER,
            "evidence": "ordering-rule",
        }
        for one in _CUTOFFS
    ]


def commitment_rows() -> Rows:
    """What it costs to call a dose off or to move it."""
    names = ("product", "days_before", "may_move", "fee_percent")
    return [{**dict(zip(names, one, strict=True)), "evidence": "ordering-rule"} for one in _LADDER]


def listing_rows(sites: list[Placed]) -> Rows:
    """Who may use and charge what, and since when; a step that is empty is not done."""
    rows: Rows = []
    trial = trial_sites(sites)
    for one in sites:
        if "Lu-177" not in one.possession_gbq:
            continue
        rows.append(_commercial(one))
        if not one.makes:
            rows += [_no_steps(one, "lu-psma-hp"), _no_steps(one, "lu-dotatate-hp")]
        if one.name not in trial:
            rows.append(_no_steps(one, "lu-dotatate"))
    return rows


def trial_sites(sites: list[Placed]) -> frozenset[str]:
    """The largest sites that make none of their own."""
    licensed = [one for one in sites if "Lu-177" in one.possession_gbq]
    order = sorted(licensed, key=lambda one: (one.makes, -one.beds * one.chairs, one.name))
    return frozenset(one.name for one in order[:TRIAL_SITES])


def _no_steps(site: Placed, product: str) -> dict[str, str]:
    """A product that a hospital has not taken up."""
    return {"site": site.name, "product": product, "evidence": "not-taken-up"}


def _commercial(site: Placed) -> dict[str, str | date | None]:
    """Steps of a hospital for the commercial product: spread over the half-year after approval."""
    province = site.prefecture.province.code
    takes = draw.unit("cn listing", site.name)
    listed = LAUNCHED + timedelta(days=round(220 * takes**1.5))
    platform = APPROVED + timedelta(days=30 + round(80 * draw.unit("cn platform", province)))
    item = date(2025, 3, 1) + timedelta(days=round(420 * draw.unit("cn item", province) ** 2))
    return {
        "site": site.name,
        "product": "lu-psma",
        "hospital_listing": listed if takes < 0.85 else None,
        "procurement": platform,
        "service_item": item,
        "drug_filing": listed + timedelta(days=10) if takes < 0.85 else None,
        "evidence": "listing-rule",
    }


def listed_by(site: Placed, day: date) -> bool:
    """Whether a hospital may use the commercial product on a day."""
    steps = [value for value in _commercial(site).values() if isinstance(value, date)]
    return len(steps) == 4 and max(steps) <= day
