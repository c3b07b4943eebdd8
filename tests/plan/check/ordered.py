"""Each order once, as it was ordered: its product, its window, its interval, its way."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from tests.plan.check.bounds import exact
from tests.plan.check.case import broken, in_ms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.plan.check.case import Case, Fault, Row

_RELATIVE = 1e-9
"""What a flow shows of a product of a few floats may differ in their last digits. [unitless]"""


def order_faults(case: Case) -> Iterator[Fault]:
    """Orders that are lost, changed, or infused when they may not be."""
    if case.plan.flows["order"].to_list() != case.orders["order"].to_list():
        yield broken("orders are missing or out of sequence")
    for flow in case.plan.flows.iter_rows(named=True):
        name, order = flow["order"], case.order[flow["order"]]
        if any(flow[key] != order[key] for key in ("patient", "product", "site", "kind", "payer")):
            yield broken(f"{name} is not what was ordered")
        if flow["batch"] is None and (flow["link"] is None or flow["reason"] is None):
            yield broken(f"{name} is left without a reason")
        if flow["batch"] is not None:
            yield from _days(case, flow, order)
            yield from _instants(case, flow)
            yield from _activity(case, flow)
    yield from _offered(case)


def _days(case: Case, flow: Row, order: Row) -> Iterator[Fault]:
    day, product = case.day(flow), case.products[flow["product"]]
    if not order["earliest"] <= day <= order["latest"]:
        yield broken(f"{flow['order']} is infused outside its window")
    last = order.get("last_infusion")
    if last is None:
        return
    least = product["interval_min_days"]
    most = product["interval_max_days"]
    waited = (day - last).days
    if waited < (product["interval_days"] if least is None else least):
        yield broken(f"{flow['order']} is infused {waited} days after the last dose, too soon")
    if most is not None and waited > most:
        yield broken(f"{flow['order']} is infused {waited} days after the last dose, too late")


def _instants(case: Case, flow: Row) -> Iterator[Fault]:
    """Made, released, sent, received and infused in this sequence, within the shelf life."""
    batch, run = case.batches[flow["batch"]], case.runs[flow["batch"]]
    line = case.by("lines")[batch["line"]]
    product = case.products[flow["product"]]
    release = flow["ready"] + timedelta(hours=batch["qc_h"])
    at_risk = bool(line["ship_at_risk"])
    if (flow["line"], flow["product"]) != (batch["line"], batch["product"]):
        yield broken(f"{flow['order']} comes from a batch of something else")
    if (run["ready"], run["release"]) != (flow["ready"], release) or not run["open"]:
        yield broken(f"{flow['order']} comes from a batch that is not made then")
    if flow["depart"] < (flow["ready"] if at_risk else release):
        yield broken(f"{flow['order']} leaves before its release")
    if flow["infuse"] < release:
        yield broken(f"{flow['order']} is infused before its release")
    if not flow["depart"] <= flow["arrive"] <= flow["infuse"]:
        yield broken(f"{flow['order']} is infused before it is there")
    if flow["infuse"] - flow["ready"] > timedelta(hours=product["shelf_life_h"]):
        yield broken(f"{flow['order']} is infused after its shelf life")
    if flow["suite"] not in case.by("suites") or (
        case.by("suites")[flow["suite"]]["site"] != flow["site"]
    ):
        yield broken(f"{flow['order']} is infused at another site")


def _activity(case: Case, flow: Row) -> Iterator[Fault]:
    """What the flow shows is what decay makes of the activity at administration."""
    shown = {"infuse": flow["activity_infuse_gbq"], "ready": flow["activity_ready_gbq"]}
    for instant, gbq in shown.items():
        true = case.dose_at(flow, flow[instant])
        if not true.low * (1.0 - _RELATIVE) <= gbq <= true.high * (1.0 + _RELATIVE):
            yield broken(f"{flow['order']} shows {exact(gbq)} GBq, not {true}, at {instant}")


def _offered(case: Case) -> Iterator[Fault]:
    """Each dose goes a way that the option table offers."""
    lanes = dict(case.options.itineraries.select("itinerary", "lanes").iter_rows())
    names = {
        table: case.network.frame(table)[key].to_list()
        for table, key in (("batches", "batch"), ("sites", "site"), ("suites", "suite"))
    }
    suite_of = dict(case.options.slots.select("slot", "suite").iter_rows())
    offered = Counter(
        (
            names["batches"][row["batch"]],
            names["sites"][row["site"]],
            names["suites"][suite_of[row["slot"]]],
            lanes[row["itinerary"]],
            row["infuse_ms"],
            row["arrive_ms"],
        )
        for row in case.options.feasible.iter_rows(named=True)
    )
    for flow in case.served:
        shown = (flow["batch"], flow["site"], flow["suite"], flow["lanes"])
        begun = flow["batch"] in case.begun
        if not begun and not offered[(*shown, in_ms(flow["infuse"]), in_ms(flow["arrive"]))]:
            yield broken(f"{flow['order']} uses no option")
