"""What lines make: vials, activity, isotope, and one batch after the other."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from itertools import combinations
from typing import TYPE_CHECKING

from tests.plan.check.bounds import Bounds, exact, percent, shown, total
from tests.plan.check.case import broken, in_ms, passes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from tests.plan.check.case import Case, Fault, Row


def making_faults(case: Case) -> Iterator[Fault]:
    """Batches that make too much, from isotope that is not there, or at the same time."""
    yield from _vials(case)
    yield from _deliveries(case)
    yield from _isotope(case)
    yield from _one_by_one(case)


def _vials(case: Case) -> Iterator[Fault]:
    vials: dict[str, list[Row]] = defaultdict(list)
    for flow in case.served:
        vials[flow["batch"]].append(flow)
    for name, run in case.runs.items():
        if name in case.begun:
            continue
        batch, mine = case.batches[name], vials[name]
        if len(mine) > batch["max_doses"]:
            yield broken(f"{name} makes {len(mine)} vials of {batch['max_doses']}")
        if run["doses"] != len(mine) or (run["doses"] > 0) != run["open"]:
            yield broken(f"{name} says {run['doses']} doses and makes {len(mine)}")
        made = total(case.dose_at(flow, flow["ready"]) for flow in mine)
        yield from passes(f"{name} makes GBq", made, exact(batch["max_activity_gbq"]))
        told = shown(run["activity_gbq"])
        if told.high < made.low or made.high < told.low:
            yield broken(f"{name} says {run['activity_gbq']} GBq and makes {made}")


def _available(case: Case, source: str, reference: datetime) -> Bounds:
    """Share of a lot that a source delivers: the change that began last and has not ended."""
    zone = case.zone_of_source[source]
    day = reference.astimezone(zone).date()
    valid = [
        row
        for row in case.table("supply_changes")
        if row["source"] == source and row["valid_from"] <= day
        if row["valid_until"] is None or day <= row["valid_until"]
    ]
    latest = max(valid, key=lambda row: row["valid_from"], default=None)
    return percent(latest["available_percent"]) if latest else exact(1.0)


def _deliveries(case: Case) -> Iterator[Fault]:
    """No more of a lot than its source can give, and paid at its price.

    Several deliveries of one weekly lot may feed one week; each is as large as the source allows.
    """
    lots = case.by("lots")
    for row in case.plan.lots.iter_rows(named=True):
        lot = lots.get(row["lot"])
        if lot is None:
            continue
        have = exact(lot["capacity_gbq"]) * _available(case, lot["source"], row["reference"])
        yield from passes(f"{row['lot']} gives GBq", shown(row["used_gbq"]), have)
        price = row["used_gbq"] * float(lot["price_per_gbq"])
        if abs(row["cost"] - price) > 1e-6 * max(1.0, price):
            yield broken(f"{row['lot']} costs {row['cost']}, not {price}")


def _isotope(case: Case) -> Iterator[Fault]:
    """Every set of batches finds as much isotope as it needs in what it can reach (Hall).

    All isotope of one nuclide decays alike, so it is counted at one instant for all: the needs
    of batches can be met from deliveries exactly if no set of them needs more than all that is
    within its reach.
    """
    for line in case.by("lines"):
        for nuclide in {product["nuclide"] for product in case.products.values()}:
            runs = [
                run for name, run in case.runs.items()
                if run["doses"] and name not in case.begun and case.batches[name]["line"] == line
                and case.products[run["product"]]["nuclide"] == nuclide
            ]  # fmt: skip
            stock = list(_within_reach(case, line, nuclide))
            for size in range(1, len(runs) + 1):
                for some in combinations(runs, size):
                    yield from _enough(case, nuclide, some, stock)


Delivery = tuple["datetime", "datetime", float]
"""Reference instant, instant from which it can be used, and activity at reference [GBq]."""


def _within_reach(case: Case, line: str, nuclide: str) -> Iterator[Delivery]:
    lots, sources = case.by("lots"), case.by("sources")
    for row in case.plan.lots.iter_rows(named=True):
        lot = lots.get(row["lot"])
        if lot and lot["line"] == line and sources[lot["source"]]["nuclide"] == nuclide:
            lead = timedelta(hours=lot["lead_h"])
            yield row["reference"], row["reference"] + lead, row["used_gbq"]
    for held in case.table("stock"):
        if (held["place"], held["nuclide"]) == (line, nuclide):
            yield held["at"], held["at"], held["activity_gbq"]


def _enough(
    case: Case, nuclide: str, runs: Sequence[Row], stock: Sequence[Delivery]
) -> Iterator[Fault]:
    now = min(run["start"] for run in runs)
    last = max(run["start"] for run in runs)
    need = total(_need(case, run) * case.left(nuclide, run["start"], now) for run in runs)
    have = total(
        shown(gbq) * case.left(nuclide, reference, now)
        for reference, usable, gbq in stock
        if usable <= last
    )
    names = ", ".join(run["batch"] for run in runs)
    yield from passes(f"{names} need isotope, GBq", need, have)


def _need(case: Case, run: Row) -> Bounds:
    """Isotope at the start of synthesis. [GBq]"""
    batch = case.batches[run["batch"]]
    if run["start"] + timedelta(hours=batch["synthesis_h"]) != run["ready"]:
        raise AssertionError(run)
    vials = [flow for flow in case.served if flow["batch"] == run["batch"]]
    made = total(case.dose_at(flow, run["start"]) for flow in vials)
    return made / percent(batch["yield_percent"])


def _one_by_one(case: Case) -> Iterator[Fault]:
    """A line with changeovers ends one synthesis, cleans, and only then starts the next."""
    pauses = {
        (row["line"], row["from_class"], row["to_class"]): row["hours"]
        for row in case.table("changeovers")
    }
    for line in {line for line, _, _ in pauses}:
        mine = [run for run in case.runs.values() if run["doses"] and run["line"] == line]
        mine.sort(key=lambda run: (in_ms(run["start"]), in_ms(run["ready"])))
        for at, then in enumerate(mine):
            for first in mine[:at]:
                classes = [case.products[run["product"]]["segregation"] for run in (first, then)]
                pause = timedelta(hours=pauses.get((line, classes[0], classes[1]), 0.0))
                if first["ready"] + pause > then["start"]:
                    yield broken(f"{line} makes {first['batch']} and {then['batch']} at once")
