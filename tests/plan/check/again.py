"""A week planned again: what has physically happened stays, and each change is told as it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.plan.check.bounds import Bounds, exact, percent, shown
from tests.plan.check.carried import transport_faults
from tests.plan.check.case import Case, Fault, broken, passes
from tests.plan.check.held import holding_faults
from tests.plan.check.made import making_faults
from tests.plan.check.ordered import order_faults
from tests.plan.check.treated import treatment_faults

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from doseline.model.replanned import Replanned

    Row = dict[str, Any]

DOSE = ("batch", "suite", "lanes", "ready", "depart", "arrive", "infuse")


@dataclass(frozen=True, kw_only=True)
class AgainCase(Case):
    """A plan that was made of vials that exist, too: they hold what they hold."""

    def given(self, flow: Row) -> Bounds:
        """Activity at administration: what the flow says, within the tolerance. [GBq]"""
        return shown(flow["activity_infuse_gbq"])


@dataclass(frozen=True, kw_only=True)
class Again:
    """A plan, and the same week planned again at an instant."""

    before: Case
    result: Replanned
    at: datetime
    low: dict[str, float]
    """Batches of low yield, and their share of what was planned. [unitless]"""
    failed: frozenset[str]
    """Batches that give nothing."""

    @property
    def begun(self) -> frozenset[str]:
        """Batches that were made by the instant."""
        return frozenset(
            name
            for name, run in self.before.runs.items()
            if run["open"] and run["start"] <= self.at and name not in self.failed
        )

    def after(self) -> AgainCase:
        """The new plan, to be checked like any other but for what is spent."""
        return AgainCase(
            plan=self.result.plan,
            network=self.result.network,
            options=self.before.options,
            orders=self.result.network.frame("orders"),
            half_life_h=self.before.half_life_h,
            begun=self.begun | self.failed,
        )


def again_faults(again: Again) -> Iterator[Fault]:
    """What the new plan breaks, moves that cannot be, and changes that are told wrongly."""
    after = again.after()
    checks = (making_faults, transport_faults, treatment_faults, holding_faults)
    for check in checks:
        yield from check(after)
    held = [str(event) for event in again.result.events if "held" in str(event)]
    yield from (
        fault for fault in order_faults(after) if not (held and "outside its window" in fault.text)
    )
    yield from _tolerance(after)
    yield from _past(again, after)
    yield from _vials(again, after)
    yield from _told(again, after)


def _tolerance(after: AgainCase) -> Iterator[Fault]:
    """What is given lies within the product's tolerance of its label."""
    for flow in after.served:
        product = after.products[flow["product"]]
        label, share = exact(product["activity_gbq"]), percent(product["tolerance_percent"])
        given = after.given(flow)
        most = label * (exact(1.0) + share)
        yield from passes(f"{flow['order']} is given GBq", given, most)
        least = label.low * (1.0 - share.high)
        if given.high < least:
            yield broken(f"{flow['order']} is given only {given} GBq")


def _past(again: Again, after: AgainCase) -> Iterator[Fault]:
    """What was infused stays; nothing new starts, leaves or is infused before the instant."""
    before = {flow["order"]: flow for flow in again.before.served}
    now = {flow["order"]: flow for flow in after.served}
    for name, flow in before.items():
        if flow["infuse"] <= again.at:
            same = name in now and all(now[name][key] == flow[key] for key in DOSE)
            if not same:
                yield broken(f"{name} was infused already, and moves")
    for name, flow in now.items():
        was = before.get(name)
        if was is None or any(was[key] != flow[key] for key in DOSE):
            yield from _possible(again, after, flow)


def _possible(again: Again, after: AgainCase, flow: Row) -> Iterator[Fault]:
    """A dose that is new, or another than before, can still be given."""
    if flow["batch"] in again.failed:
        yield broken(f"{flow['order']} gets a vial of a batch that failed")
    if flow["infuse"] <= again.at:
        yield broken(f"{flow['order']} is infused in the past")
    if flow["batch"] not in again.begun:
        if after.runs[flow["batch"]]["start"] <= again.at:
            yield broken(f"{flow['order']} comes from a batch that would start in the past")
        if flow["depart"] <= again.at:
            yield broken(f"{flow['order']} leaves in the past")


def _vials(again: Again, after: AgainCase) -> Iterator[Fault]:
    """Each vial that exists goes to one order at most, and holds no more than it held."""
    made = {flow["order"]: flow for flow in again.before.served if flow["batch"] in again.begun}
    rows = again.result.vials.to_dicts()
    told = {row["vial_of"]: row for row in rows if row["vial_of"] in made}
    if set(told) != set(made) or len(told) != len(rows):
        yield broken(f"vials of {sorted(set(made) ^ set(told))} are lost or made up")
    takers = [row["order"] for row in told.values() if row["order"] is not None]
    if len(set(takers)) != len(takers):
        yield broken("two vials go to one order")
    for flow in after.served:
        mine = [row for row in told.values() if row["order"] == flow["order"]]
        if (flow["batch"] in again.begun) != bool(mine):
            yield broken(f"{flow['order']} has no vial of {flow['batch']}")
        for row in mine:
            yield from _same_vial(again, made[row["vial_of"]], flow)
    for batch, share in again.low.items():
        of_batch = [flow for flow in made.values() if flow["batch"] == batch]
        planned = sum(flow["activity_ready_gbq"] for flow in of_batch)
        used = sum(f["activity_ready_gbq"] for f in after.served if f["batch"] == batch)
        yield from passes(f"{batch} gives GBq", shown(used), shown(planned * share))


def _same_vial(again: Again, was: Row, flow: Row) -> Iterator[Fault]:
    """A vial stays in its batch, keeps its activity, and its way once it has left."""
    same = (was["batch"], was["product"], was["ready"])
    if same != (flow["batch"], flow["product"], flow["ready"]):
        yield broken(f"{flow['order']} gets a vial of {was['order']} that is another")
    most, gbq = was["activity_ready_gbq"], flow["activity_ready_gbq"]
    if gbq > most * (1 + 1e-9) or (was["batch"] not in again.low and gbq < most * (1 - 1e-9)):
        yield broken(f"{flow['order']} gets {gbq} GBq of a vial with {most}")
    if was["depart"] <= again.at and was["depart"] != flow["depart"]:
        yield broken(f"{flow['order']} gets a package that has left at {was['depart']} before")
    if was["arrive"] <= again.at and was["site"] != flow["site"]:
        yield broken(f"{flow['order']} gets a package that lies elsewhere")


def _told(again: Again, after: AgainCase) -> Iterator[Fault]:
    """The changes are those that can be seen, and are counted right."""
    before = {flow["order"]: flow for flow in again.before.served}
    now = {flow["order"]: flow for flow in after.served}
    moved = 0
    for row in again.result.changes.iter_rows(named=True):
        was, flow = before.get(row["order"]), now.get(row["order"])
        change = _change(after, row, was, flow)
        if row["change"] != change:
            yield broken(f"{row['order']} is told as {row['change']}, it is {change}")
        moved += row["event"] == "" and change in {"moved", "adjusted", "lost", "swapped"}
    if moved != again.result.others_moved:
        yield broken(f"{again.result.others_moved} others are said to move, {moved} do")


def _change(after: AgainCase, row: Row, was: Row | None, flow: Row | None) -> str:
    if row["change"] in {"added", "withdrawn"}:
        return str(row["change"])
    if was is None:
        return "saved" if flow is not None else "waiting"
    if flow is None:
        return "lost"
    if row["vial_of"] is not None and row["vial_of"] != row["order"]:
        return "swapped"
    where = [(one["batch"], after.day(one), one["suite"]) for one in (was, flow)]
    if where[0] != where[1]:
        return "moved"
    if any(was[key] != flow[key] for key in DOSE):
        return "adjusted"
    close = abs(was["activity_infuse_gbq"] - flow["activity_infuse_gbq"])
    return "unchanged" if close <= 1e-9 * was["activity_infuse_gbq"] else "partial_yield"
