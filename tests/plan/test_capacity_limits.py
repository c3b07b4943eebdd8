"""Limits of staff, licences and departures: figures by hand, and the reason of who is left."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from tests.plan.worlds import table
from tests.routes.build import PSMA, WEEK, lane, make_licence, one_way, treat_licence

from doseline.io.reference import nuclide_table
from doseline.plan.limits.rows import Limits, limits_of
from doseline.plan.week import plan_week
from doseline.plan.weekly.caps import site_caps, weekly_slots
from doseline.routes.options import build_options

if TYPE_CHECKING:
    from doseline.model.flows import Plan
    from doseline.model.network import Network
    from doseline.model.options import Options

HOUR_MS = 3_600_000
T_LU177M_H = 160.4 * 24
PRODUCT = PSMA | {"chair_min": 120, "residual_percent": 1.0}
NURSE = {"site": "site", "role": "nurse", "count": 2, "hours_per_day": 6.0}
TASK = {"product": "psma", "role": "nurse", "minutes": 60}
SUITE = {"suite": "suite", "site": "site", "chairs": 2, "open": "08:00", "close": "16:00",
         "slots_per_day": 2}  # fmt: skip
EVERY_DAY = {"weekdays": "Mon-Sun"}


def made(**changes: Any) -> Network:
    """One line, hub, flight a day and site, with isotope for ten doses of the batch of Monday.

    Args:
        changes: Further values of the one row of products, staff, tasks, suites, the licence to
            treat, or the flight; ``more_licences``: rows.
    """
    flight = lane("hub>site", mode="air_passenger", duration_h=3.0) | changes.get("flight", {})
    licence = treat_licence() | changes.get("licence", {})
    net = one_way(
        products=[PRODUCT | changes.get("product", {})],
        staff=[NURSE | {"start": "00:00", "end": "00:00"} | EVERY_DAY | changes.get("staff", {})],
        tasks=[TASK | {"dose_usv": 0.0} | changes.get("task", {})],
        suites=[SUITE | EVERY_DAY | {"turnover_min": 0} | changes.get("suite", {})],
        licences=[make_licence(), licence, *changes.get("more_licences", [])],
        lanes=[lane("line>hub", duration_h=1.0, handling_h=0.5), flight],
    )
    batch = {"max_doses": 10, "max_activity_gbq": 1000.0, "yield_percent": 80.0}
    batches = net.frame("batches").with_columns(**{name: pl.lit(v) for name, v in batch.items()})
    lot = {"lot": "lot", "source": "reactor", "line": "line", "weekday": "Sun", "lead_h": 2.0,
           "reference": "12:00", "capacity_gbq": 1000.0}  # fmt: skip
    return net.replace(
        batches=batches,
        sources=table("sources", [{"source": "reactor"}]),
        lots=table("lots", [lot]),
    )


def options(net: Network) -> Options:
    return build_options(net, nuclides=nuclide_table(), week=WEEK, use_factors={"Lu-177": 0.1})


def limits(net: Network) -> tuple[Limits, pl.DataFrame]:
    """The limits of the week for a hundred orders, and the options that use them."""
    found = options(net)
    usable = found.feasible.with_row_index("option").with_columns(pl.col("option").cast(pl.Int64))
    demand = pl.DataFrame(
        {"site": [0], "product": [0], "count": [100]},
        schema={"site": pl.Int32, "product": pl.Int32, "count": pl.Int64},
    )
    return limits_of(net, found, usable, demand, nuclides=nuclide_table()), usable


def figures(net: Network, kind: str) -> list[tuple[str, float, float]]:
    """Key, most and largest use of each limit of a kind."""
    found, _ = limits(net)
    uses = found.uses.group_by("limit").agg(pl.col("use").max())
    rows = found.rows.filter(kind=kind).join(uses, on="limit").sort("limit")
    return list(rows.select("key", "most", "use").iter_rows())


def planned(net: Network, count: int, *, last: date = WEEK + timedelta(days=1)) -> Plan:
    """The plan of so many new starts that may come from Monday to a day."""
    orders = [
        {"order": f"o{n}", "patient": f"p{n}", "product": "psma", "site": "site", "kind": "new",
         "earliest": WEEK, "latest": last}
        for n in range(count)
    ]  # fmt: skip
    return plan_week(net, options(net), table("orders", orders), nuclides=nuclide_table(), gap=0.0)


def left(plan: Plan) -> list[tuple[str, str]]:
    rows = plan.flows.filter(pl.col("link").is_not_null())
    return list(rows.select("link", "reason").iter_rows())


def test_a_chair_is_taken_for_the_infusion_and_the_turnover_after_it() -> None:
    assert {(most, use) for _, most, use in figures(made(suite={"turnover_min": 30}), "chair")} == {
        (480.0, 150.0)
    }


def test_three_infusions_with_turnover_fill_a_slot_of_two_chairs() -> None:
    # The flight of Monday lands at 13:00, so the first slots are those of Tuesday: 480 min each.
    free, slow = (planned(made(suite={"turnover_min": turn}), 9) for turn in (0, 30))
    assert len(left(free)) == 1
    assert left(slow) == [("no_suite", "suites_full")] * 3


def test_a_role_has_its_people_times_its_hours_within_a_slot() -> None:
    found = figures(made(staff={"start": "09:00", "end": "14:00"}), "staff_hours")
    # 09:00 to 12:00 and 12:00 to 14:00, two nurses.
    assert {(most, use) for _, most, use in found} == {(360.0, 60.0), (240.0, 60.0)}


def test_hours_bind_where_the_day_would_not() -> None:
    net = made(staff={"start": "09:00", "end": "10:30", "count": 1}, suite={"chairs": 9})
    assert left(planned(net, 2)) == [("no_suite", "suites_full")]


def test_who_is_trained_by_then_is_there_too() -> None:
    trainee = {"site": "site", "role": "nurse", "ready": WEEK + timedelta(days=2), "count": 3}
    net = made(staff={"start": "08:00", "end": "10:00"}).replace(
        training=table("training", [trainee])
    )
    assert {most for _, most, _ in figures(net, "staff_hours")} == {240.0, 600.0}


def test_the_dose_of_a_week_is_shared_by_the_people() -> None:
    net = made(staff={"dose_budget_usv": 20.0}, task={"dose_usv": 15.0})
    assert figures(net, "staff_dose") == [("0|nurse|week", 40.0, 15.0)]
    assert left(planned(net, 3)) == [("no_suite", "staff_dose_full")]


def test_a_day_takes_what_the_licence_weighs_it_with() -> None:
    net = made(licence={"daily_gbq": 1.0})
    found = figures(net, "daily_use")
    assert {key.split("|")[1] for key, _, _ in found} == {"Lu-177"}
    assert {(most, round(use, 9)) for _, most, use in found} == {(1.0, 0.74)}
    assert left(planned(net, 2)) == [("licence_or_possession", "daily_use_full")]


def test_a_licence_limits_a_day_only_while_it_holds() -> None:
    ended = made(
        licence={"valid_until": WEEK + timedelta(days=1), "daily_gbq": 1.0},
        more_licences=[treat_licence(licence="next", valid_from=WEEK + timedelta(days=2))],
    )
    days = {key.split("|")[2] for key, _, _ in figures(ended, "daily_use")}
    assert days == {str(WEEK + timedelta(days=1))}


def test_a_year_takes_what_is_left_of_it_without_any_weight() -> None:
    net = made(licence={"annual_gbq": 100.0, "annual_used_gbq": 80.0})
    ((key, most, use),) = figures(net, "annual_use")
    assert (key, most, round(use, 9)) == ("0|Lu-177|year", 20.0, 7.4)
    last = WEEK + timedelta(days=4)
    assert left(planned(net, 3, last=last)) == [("licence_or_possession", "annual_use_full")]


def test_a_departure_takes_so_many_packages() -> None:
    net = made(flight={"most_packages": 2})
    assert {(most, use) for _, most, use in figures(net, "conveyance")} >= {(2.0, 1.0)}
    # Only the flight of Monday brings doses for Tuesday's first slot; that of Tuesday lands at 13:00.
    assert left(planned(net, 3)) == [("transport", "departure_full")]


def test_a_departure_takes_so_much_transport_index() -> None:
    found, usable = limits(made(flight={"most_transport_index": 0.35}))
    index = usable["transport_index"].to_numpy().max()
    rows = found.rows.filter(pl.col("key").str.ends_with("|index"))
    assert index > 0.0
    assert set(rows["most"]) == {0.35}
    uses = found.uses.join(rows, on="limit")["use"].to_numpy()
    assert uses.max() == index


def test_the_law_limits_a_departure_where_the_lane_does_not() -> None:
    # 100 packages of an index of 1 or more reach the 50 of a passenger aircraft.
    loud = figures(made(product={"pot_transmission": 0.5}), "conveyance")
    assert {most for _, most, _ in loud} == {50.0}
    assert figures(made(), "conveyance") == []


def test_an_impurity_counts_for_a_licence_of_its_own_nuclide() -> None:
    lu177m = treat_licence(licence="m", nuclide="Lu-177m", possession_gbq=0.002)
    net = made(
        product={"impurity": "Lu-177m", "impurity_percent": 0.02, "residual_percent": 50.0},
        more_licences=[lu177m],
    )
    found, usable = limits(net)
    rows = found.rows.filter(pl.col("key").str.contains("Lu-177m"))
    joined = found.uses.join(rows, on="limit").join(usable, on="option")
    at_ms = joined["key"].str.split("|").list.last().cast(pl.Int64).to_numpy()
    since_h = (at_ms - joined["infuse_ms"].to_numpy()) / HOUR_MS
    share = [0.5 if hours > 0 else 1.0 for hours in since_h]
    expected = 7.4 * 0.0002 * 2.0 ** (-since_h / T_LU177M_H) * share
    assert joined.height > 0
    assert joined["use"].to_numpy() == pytest.approx(expected, rel=1e-9)
    assert left(planned(net, 2)) == [("licence_or_possession", "possession_full")]


def test_opening_waste_of_an_impurity_takes_room() -> None:
    lu177m = treat_licence(licence="m", nuclide="Lu-177m", possession_gbq=0.002)
    product = {"impurity": "Lu-177m", "impurity_percent": 0.02}
    net = made(product=product, more_licences=[lu177m])
    at = datetime.combine(WEEK, time(), UTC)
    old = {"site": "site", "nuclide": "Lu-177m", "activity_gbq": 0.001, "at": at}
    assert left(planned(net, 1)) == []
    full = net.replace(waste=table("waste", [old]))
    assert left(planned(full, 1)) == [("licence_or_possession", "possession_full")]


def test_without_such_a_licence_an_impurity_counts_for_nothing() -> None:
    net = made(product={"impurity": "Lu-177m", "impurity_percent": 0.02})
    assert figures(net, "possession") == []


def test_a_typical_week_counts_the_turnover() -> None:
    net = made(suite={"turnover_min": 30})
    found = options(net)
    usable = found.rows.with_row_index("option").filter(pl.col("refusal") == 0)
    caps = site_caps(net, found, usable, weekly_slots(net, found, usable))
    assert [150.0] in caps["uses"].to_list()
