"""The first numbers of the page of simulated years."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from doseline.io.report.headline import Tile
from doseline.io.report.numbers import day, percent, plain
from doseline.io.report.simulate_gains import gained
from doseline.io.report.simulate_money import amount
from doseline.io.report.simulate_tables import few, people_shown
from doseline.io.report.words import label, same, word
from doseline.model.ledger import CLINICAL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from doseline.io.report.parts import Row
    from doseline.io.report.simulate_tables import View
    from doseline.io.report.words import Word

_YEAR = 12
"""Months of the means at the start and at the end."""


def tiles(view: View) -> list[Tile]:
    """Those of the base that may be told."""
    found = view.found
    everyone = found.number(found.base, "patients", "eligible")
    if everyone is None or few(view):
        return []
    made = [_share(view), _eligible(view, everyone.mean), _lost(view, everyone.mean)]
    made += [_waiting(view), _qaly(view), _paid(view)]
    return [tile for tile in made if tile is not None]


def _share(view: View) -> Tile | None:
    share = view.found.number(view.found.base, "share", "in_time")
    if share is None:
        return None
    about = word("simulate.tile_one")
    if share.half is not None:
        low, high = max(share.low, 0.0), min(share.high, 1.0)
        ends = {"low": plain(100.0 * low, 1), "high": plain(100.0 * high, 1)}
        about = word("simulate.tile_interval", **ends)
    return _tile("share", same(percent(share.mean)), about, "share")


def _eligible(view: View, mean: float) -> Tile:
    start, end = day(view.found.start), day(view.found.cohort_end)
    about = word("simulate.tile_eligible", start=start, end=end)
    return _tile("eligible", same(plain(mean)), about, "eligible")


def _lost(view: View, everyone: float) -> Tile | None:
    rows = [row for row in people_shown(view) if row["of"] != CLINICAL]
    if not rows:
        return None
    worst = rows[0]
    about = word(
        "simulate.tile_lost",
        people=plain(worst["mean"]),
        share=plain(100.0 * worst["mean"] / everyone, 1),
    )
    return _tile("lost", label("link", worst["of"]), about, "patients")


def _waiting(view: View) -> Tile | None:
    rows = [row for row in view.dated("waiting_month") if row["of"] == "new"]
    counted = [row for row in rows if row["when"] >= view.found.start.replace(day=1)]
    before, now = _mean(counted[:_YEAR]), _mean(counted[-_YEAR:])
    if len(counted) < 2 * _YEAR or view.privacy.hides(now):
        return None
    about = word("simulate.tile_waiting", before=view.privacy.count(before))
    return _tile("waiting", same(plain(now)), about, "waiting")


def _mean(rows: Sequence[Row]) -> float:
    return math.fsum(row["mean"] for row in rows) / max(len(rows), 1)


def _qaly(view: View) -> Tile | None:
    low, high = gained(view, "qaly_low", ""), gained(view, "qaly_high", "")
    if low is None or high is None:
        return None
    value = word("text.range", low=plain(low), high=plain(high))
    return _tile("qaly", value, word("simulate.tile_qaly"), "gains")


def _paid(view: View) -> Tile | None:
    found = view.found
    paid = [found.number(found.base, "cost", party) for party in ("payer", "patient")]
    doses = found.number(found.base, "infusions", "")
    total = sum(one.mean for one in paid if one is not None)
    if not total or doses is None or view.privacy.hides(doses.mean):
        return None
    about = word("simulate.tile_paid", doses=plain(doses.mean))
    return _tile("paid", amount(total, view.network.settings.currency), about, "money")


def _tile(key: str, value: Word, about: Word, define: str) -> Tile:
    return Tile(name=word(f"simulate_tile.{key}"), value=value, about=about, define=define)
