"""What sites give: chair time, staff time and dose, beds, and room for waste."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from tests.plan.check.bounds import ONE, ZERO, Bounds, exact, total
from tests.plan.check.case import broken, passes

from doseline.model.columns import weekday_numbers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.plan.check.case import Case, Fault, Row

_WEEK = timedelta(days=7)


def treatment_faults(case: Case) -> Iterator[Fault]:
    """Chairs, people, beds and stores of which a plan asks too much."""
    yield from _chairs(case)
    yield from _staff_by_day(case)
    yield from _staff_by_slot(case)
    yield from _staff_dose(case)
    yield from _beds(case)
    yield from _waste(case)


def _chairs(case: Case) -> Iterator[Fault]:
    """Minutes in the chair, then survey and cleaning, within those of the slot."""
    suites = case.by("suites")
    taken: dict[tuple[str, datetime], Bounds] = defaultdict(lambda: ZERO)
    for flow in case.served:
        seated = exact(case.products[flow["product"]]["chair_min"]) * _longer(case, flow)
        cleaned = exact(suites[flow["suite"]]["turnover_min"])
        taken[flow["suite"], flow["infuse"]] += seated + cleaned
    for slot, minutes in taken.items():
        if slot not in case.slots:
            yield broken(f"{slot[0]} has no slot at {slot[1]}")
        else:
            have = exact(case.slots[slot]["chair_min"])
            yield from passes(f"{slot[0]} at {slot[1]}, chair min", minutes, have)


def _longer(case: Case, flow: Row) -> Bounds:
    return case.longer.get((flow["site"], flow["product"]), ONE)


def _people(case: Case, row: Row, day: date) -> int:
    """People of a role at work on a day."""
    works = day.weekday() in weekday_numbers(row["weekdays"])
    return _trained(case, row, day) if works else 0


def _trained(case: Case, row: Row, day: date) -> int:
    """People of a role, with those who have finished their training by a day."""
    return int(row["count"]) + sum(
        int(one["count"])
        for one in case.table("training")
        if (one["site"], one["role"]) == (row["site"], row["role"]) and one["ready"] <= day
    )


def _asked(case: Case) -> Iterator[tuple[Row, Row, Bounds]]:
    """Each dose with each of its tasks, and the minutes that it takes."""
    tasks = case.table("tasks")
    for flow in case.served:
        for task in tasks:
            if task["product"] == flow["product"]:
                yield flow, task, exact(task["minutes"]) * _longer(case, flow)


def _staff_by_day(case: Case) -> Iterator[Fault]:
    staff = {(row["site"], row["role"]): row for row in case.table("staff")}
    spent: dict[tuple[str, str, date], Bounds] = defaultdict(lambda: ZERO)
    for flow, task, minutes in _asked(case):
        spent[flow["site"], task["role"], case.day(flow)] += minutes
    for (site, role, day), minutes in spent.items():
        row = staff.get((site, role))
        have = _people(case, row, day) * row["hours_per_day"] * 60.0 if row else 0.0
        yield from passes(f"{role} of {site} on {day}, min", minutes, exact(have))


def _staff_by_slot(case: Case) -> Iterator[Fault]:
    """Within a slot, each person gives the minutes of it that lie in their hours."""
    staff = {(row["site"], row["role"]): row for row in case.table("staff")}
    spent: dict[tuple[str, str, str, datetime], Bounds] = defaultdict(lambda: ZERO)
    for flow, task, minutes in _asked(case):
        row = staff.get((flow["site"], task["role"]))
        if row and row["start"] != row["end"]:
            spent[flow["site"], task["role"], flow["suite"], flow["infuse"]] += minutes
    for (site, role, suite, start), minutes in spent.items():
        row, slot = staff[site, role], case.slots[suite, start]
        end = start + timedelta(milliseconds=slot["end_ms"] - slot["start_ms"])
        at_work = _overlap(case, site, (start, end), row)
        have = _people(case, row, slot["day"]) * (at_work / timedelta(minutes=1))
        yield from passes(f"{role} of {site} in the slot of {start}, min", minutes, exact(have))


def _overlap(case: Case, site: str, slot: tuple[datetime, datetime], row: Row) -> timedelta:
    """Time of a slot within the hours of a role that start on its day; some end on the next."""
    start = case.local(slot[0], site)
    opens, closes = (time.fromisoformat(row[key]) for key in ("start", "end"))
    ends_on = start.date() + timedelta(days=closes <= opens)
    first = datetime.combine(start.date(), opens, tzinfo=start.tzinfo).astimezone(UTC)
    last = datetime.combine(ends_on, closes, tzinfo=start.tzinfo).astimezone(UTC)
    return max(timedelta(0), min(slot[1], last) - max(slot[0], first))


def _staff_dose(case: Case) -> Iterator[Fault]:
    """Effective dose of a role in the week, shared by those who are trained when it begins."""
    spent: dict[tuple[str, str], Bounds] = defaultdict(lambda: ZERO)
    for flow in case.served:
        for task in case.table("tasks"):
            if task["product"] == flow["product"]:
                spent[flow["site"], task["role"]] += exact(task["dose_usv"])
    for row in case.table("staff"):
        budget = row["dose_budget_usv"]
        if budget is not None:
            most = exact(_trained(case, row, case.options.week)) * exact(budget)
            dose = spent[row["site"], row["role"]]
            yield from passes(f"{row['role']} of {row['site']}, uSv", dose, most)


def _beds(case: Case) -> Iterator[Fault]:
    """Each night a shielded bed for whoever may not leave, and as many nights a week as beds."""
    nights = dict(zip(case.products, case.options.nights, strict=False))
    beds = {name: row["beds"] for name, row in case.by("suites").items()}
    asleep: dict[tuple[str, date], int] = defaultdict(int)
    asked: dict[str, int] = defaultdict(int)
    for flow in case.served:
        for night in range(nights.get(flow["product"], 0)):
            asleep[flow["suite"], case.day(flow) + timedelta(days=night)] += 1
            asked[flow["site"]] += 1
    for (suite, asleep_on), patients in asleep.items():
        if patients > beds[suite]:
            yield broken(f"{patients} patients sleep in {suite} on {asleep_on}")
    for name, wanted in asked.items():
        have = sum(row["beds"] for row in case.table("suites") if row["site"] == name)
        if wanted > 7 * have:
            yield broken(f"{name} gives {wanted} nights a week with {have} beds")


def _waste(case: Case) -> Iterator[Fault]:
    """Room for what is held when the week ends, and for weeks like it for ever."""
    for store in case.table("waste_stores"):
        streams = {
            row["product"]: row
            for row in case.table("waste_streams")
            if row["kind"] == store["kind"]
        }
        doses = [
            (flow, streams[flow["product"]])
            for flow in case.served
            if flow["site"] == store["site"] and flow["product"] in streams
        ]
        sunday = case.options.week + _WEEK
        held = [
            exact(stream["litres"])
            for flow, stream in doses
            if (case.day(flow) - sunday).days + stream["hold_days"] > 0.0
        ]
        rate = [
            exact(stream["litres"]) * exact(stream["hold_days"]) / exact(7.0) for _, stream in doses
        ]
        longest = max((row["hold_days"] for row in streams.values()), default=0.0)
        share = max(0.0, 1.0 - 7.0 / longest) if longest else 0.0
        room = exact(store["capacity_l"])
        if held:
            full = total([*held, exact(store["held_l"]) * exact(share)])
            yield from passes(f"{store['kind']} of {store['site']}, L", full, room)
        yield from passes(f"{store['kind']} of {store['site']}, L a week", total(rate), room)
