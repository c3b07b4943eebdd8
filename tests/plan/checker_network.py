"""The rules of the whole network, counted again from a plan's flows; zones are UTC in its worlds."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tests.plan.oracle_network import people, runs_fit_together, slower

from doseline.model.columns import weekday_numbers
from doseline.model.treatment import Staff

if TYPE_CHECKING:
    from collections.abc import Iterator

    from doseline.model.network import Network
    from doseline.model.options import Options

    Rows = list[dict[str, Any]]

TOLERANCE = 1e-6


def network_faults(served: Rows, net: Network, options: Options) -> Iterator[str]:
    """Sentences about lines, beds, stores, vehicles and staff that a plan asks too much of."""
    batches = net.frame("batches")["batch"].to_list()
    runs = {
        (batches.index(flow["batch"]), round(flow["ready"].timestamp() * 1000)) for flow in served
    }
    if not runs_fit_together(net, runs):
        yield "a line makes two batches at once"
    yield from _beds(served, net, options)
    yield from _waste(served, net, options)
    yield from _vehicles(served, net)
    yield from _staff(served, net)


def _beds(served: Rows, net: Network, options: Options) -> Iterator[str]:
    beds = dict(net.frame("suites").select("suite", "beds").iter_rows())
    of_site: dict[str, int] = defaultdict(int)
    for site, count in net.frame("suites").select("site", "beds").iter_rows():
        of_site[site] += count
    products = net.frame("products")["product"].to_list()
    nights = dict(zip(products, options.nights or [0] * len(products), strict=True))
    for flow in served:
        first = flow["infuse"].date()
        beside = [
            other
            for other in served
            if other["suite"] == flow["suite"]
            and nights[flow["product"]]
            and other["infuse"].date() <= first
            and first < other["infuse"].date() + timedelta(days=nights[other["product"]])
        ]
        if len(beside) > beds[flow["suite"]]:
            yield f"{len(beside)} patients sleep in {flow['suite']} on {first}"
    for site, count in of_site.items():
        asked = sum(nights[flow["product"]] for flow in served if flow["site"] == site)
        if asked > 7 * count:
            yield f"{site} gives {asked} nights a week"


def _waste(served: Rows, net: Network, options: Options) -> Iterator[str]:
    streams = net.frame("waste_streams").to_dicts()
    for store in net.frame("waste_stores").iter_rows(named=True):
        mine = [stream for stream in streams if stream["kind"] == store["kind"]]
        steady = held = 0.0
        for flow in served:
            for stream in mine:
                if (flow["site"], flow["product"]) == (store["site"], stream["product"]):
                    hold = timedelta(days=stream["hold_days"])
                    steady += stream["litres"] * (hold / timedelta(days=7))
                    if flow["infuse"].date() + hold > options.week + timedelta(days=7):
                        held += stream["litres"]
        longest = max(stream["hold_days"] for stream in mine)
        old = store["held_l"] * max(0.0, (longest - 7.0) / longest)
        if held and held + old > store["capacity_l"] * (1 + TOLERANCE):
            yield f"{store['site']} holds {held + old} L"
        if steady > store["capacity_l"] * (1 + TOLERANCE):
            yield f"{store['site']} would hold {steady} L"


def _vehicles(served: Rows, net: Network) -> Iterator[str]:
    carriers = {row["carrier"]: row for row in net.frame("carriers").iter_rows(named=True)}
    carrier_of = dict(net.frame("lanes").select("lane", "carrier").iter_rows())
    out: dict[tuple[str, Any], timedelta] = defaultdict(timedelta)
    for flow in served:
        carrier = carriers.get(carrier_of.get(flow["lanes"], ""))
        if carrier is not None and carrier["vehicles"] is not None:
            trip = 2 * (flow["arrive"] - flow["depart"]) / carrier["packages_per_trip"]
            out[carrier["carrier"], flow["depart"].date()] += trip
    for (name, day), time in out.items():
        have = carriers[name]["vehicles"] * timedelta(hours=carriers[name]["vehicle_h_per_day"])
        if time > have * (1 + TOLERANCE):
            yield f"{name} drives {time} on {day}"


def _staff(served: Rows, net: Network) -> Iterator[str]:
    staff = {(row.site, row.role): row for row in net.rows(Staff)}
    tasks = net.frame("tasks").to_dicts()
    spent: dict[tuple[str, str, Any], float] = defaultdict(float)
    for flow in served:
        longer = slower(net, flow["site"], flow["product"])
        for task in tasks:
            if task["product"] == flow["product"]:
                spent[flow["site"], task["role"], flow["infuse"].date()] += task["minutes"] * longer
    for (site, role, day), minutes in spent.items():
        row = staff[site, role]
        works = day.weekday() in weekday_numbers(row.weekdays)
        have = people(net, row, day) * row.hours_per_day * 60 if works else 0.0
        if minutes > have + TOLERANCE:
            yield f"{role} at {site} works {minutes} min on {day}"
