"""Each refusal, each limit at its boundary, and weeks in which the clocks change."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from tests.routes.build import PSMA, WEEK, Rows, lane, make_licence, one_way, treat_licence

from doseline.io.folder import load
from doseline.model.options import REFUSALS
from doseline.routes.clock import local
from doseline.routes.errors import BatchDayError, NotAMondayError, UnknownPlaceError
from doseline.routes.options import build_options
from doseline.routes.view import named, reasons

if TYPE_CHECKING:
    from doseline.model.network import Network
    from doseline.model.options import Options
    from doseline.physics.nuclides import NuclideTable
    from doseline.routes.options import Offers

HOUR_MS = 3_600_000
BATCH = one_way().frame("batches").to_dicts()[0]
FLIGHT = {"lane": "hub>site", "weekdays": "Mon-Sun", "depart": "10:00", "cutoff_min": 90}


def refused(options: Options) -> set[str]:
    return {REFUSALS[code] for code in options.rows["refusal"]}


@pytest.fixture
def build(nuclides: NuclideTable) -> Any:
    def built(network: Network, *, week: date = WEEK, offers: Offers | None = None) -> Options:
        return build_options(network, nuclides=nuclides, week=week, offers=offers)

    return built


def test_the_plain_week_has_options_until_shelf_life_ends(build: Any) -> None:
    options = build(one_way())
    # Calibrated Mon 04:00, there Mon 13:00; slots at 08:00 and 12:00; good until Sat 04:00.
    start = options.rows["infuse_ms"] - options.rows["ready_ms"]
    hours = [ms / HOUR_MS for ms in start.filter(options.rows["refusal"] == 0)]
    assert hours == [28, 32, 52, 56, 76, 80, 100, 104]
    assert refused(options) == {"", "arrives_after_slot", "beyond_shelf_life"}


TERABECQUERELS = {
    "activity_gbq": 700.0,
    "concentration_gbq_per_ml": 95.0,
    "pot_transmission": 0.001,
}
DEAD = {"valid_from": date(2020, 1, 1), "valid_until": date(2026, 5, 3)}


@pytest.mark.parametrize(
    ("reason", "changes"),
    [
        ("product_not_licensed_at_line", {"licences": [make_licence(**DEAD), treat_licence()]}),
        ("product_not_licensed_at_site", {"licences": [make_licence(), treat_licence(**DEAD)]}),
        (
            "product_not_licensed_at_site",
            {"licences": [make_licence(), treat_licence(nuclide="I-131")]},
        ),
        (
            "training_expired_at_site",
            {"licences": [make_licence(), treat_licence(training_until=date(2026, 5, 3))]},
        ),
        ("no_lane_reaches_site", {"lanes": [lane("line>hub")], "departures": []}),
        ("missed_cut_off", {"departures": [FLIGHT | {"valid_until": date(2026, 5, 3)}]}),
        ("outside_activity_tolerance", {"products": [PSMA | {"volume_max_ml": 7.5}]}),
        ("transport_index_over_limit", {"products": [PSMA | {"pot_transmission": 1.2}]}),
        (
            "activity_over_package_limit",
            {"products": [PSMA | TERABECQUERELS]},
        ),
        (
            "possession_limit_too_small",
            {"licences": [make_licence(), treat_licence(possession_gbq=7.3)]},
        ),
    ],
)
def test_each_reason_refuses_a_row(build: Any, reason: str, changes: dict[str, Rows]) -> None:
    options = build(one_way(**changes))
    assert reason in refused(options)
    if reason != "outside_activity_tolerance":
        assert options.feasible.is_empty()


def test_who_does_not_take_part_is_told_so(build: Any) -> None:
    assert refused(build(one_way(), offers=frozenset())) == {"site_does_not_offer"}
    assert "" in refused(build(one_way(), offers={("site", "psma")}))


def test_a_licence_counts_on_the_day_of_use(build: Any) -> None:
    ends_wednesday = treat_licence(valid_until=date(2026, 5, 6))
    options = build(one_way(licences=[make_licence(), ends_wednesday]))
    last = options.feasible["infuse_ms"].max()
    assert last == options.slots.filter(day=date(2026, 5, 6))["start_ms"].max()


def test_the_first_reason_wins(build: Any) -> None:
    nothing_holds = one_way(licences=[], lanes=[lane("line>hub")], departures=[])
    assert refused(build(nothing_holds)) == {"product_not_licensed_at_line"}


@pytest.mark.parametrize(("cutoff_min", "caught"), [(90, True), (91, False)])
def test_a_cut_off_is_met_to_the_minute(build: Any, cutoff_min: int, *, caught: bool) -> None:
    # At the hub at 08:30; the flight at 10:00 runs on this Monday only.
    only_monday = FLIGHT | {"cutoff_min": cutoff_min, "valid_until": WEEK}
    options = build(one_way(departures=[only_monday]))
    assert (options.itineraries.height == 1) is caught
    assert ("missed_cut_off" in refused(options)) is not caught


def test_a_missed_flight_is_followed_by_the_next_one(build: Any) -> None:
    options = build(one_way(departures=[FLIGHT | {"cutoff_min": 91}]))
    hours = (options.itineraries["arrive_ms"][0] - options.rows["ready_ms"][0]) / HOUR_MS
    assert hours == 24 + 13 - 4


@pytest.mark.parametrize(("shelf_life_h", "caught"), [(126.0, True), (125.99, False)])
def test_no_departure_is_taken_after_shelf_life(
    build: Any, shelf_life_h: float, *, caught: bool
) -> None:
    # Calibrated Mon 04:00; the flight leaves only on Saturday at 10:00, 126 h later.
    network = one_way(
        departures=[FLIGHT | {"weekdays": "Sat"}], products=[PSMA | {"shelf_life_h": shelf_life_h}]
    )
    assert (build(network).itineraries.height == 1) is caught


def test_a_slot_at_the_very_arrival_can_be_used_and_one_after_expiry_cannot(build: Any) -> None:
    # There on Monday at 13:00; shelf life ends on Saturday at 04:00.
    def suite(clock: str) -> Rows:
        return [one_way().frame("suites").to_dicts()[0] | {"open": clock, "close": "23:00"}]

    def usable(clock: str, day: date) -> bool:
        options = build(one_way(suites=suite(clock)))
        slots = options.slots.filter(day=day)["slot"].to_list()
        return int(options.feasible.filter(slot=slots[0]).height) == 1

    assert (usable("13:00", WEEK), usable("12:59", WEEK)) == (True, False)
    saturday = date(2026, 5, 9)
    assert (usable("04:00", saturday), usable("04:01", saturday)) == (True, False)


def test_the_volume_is_kept_in_the_vial_and_the_activity_follows(build: Any) -> None:
    options = build(
        one_way(
            suites=[_early_suite()],
            lanes=[lane("line>site", handling_h=0.0)],
            departures=[],
            batches=[BATCH | {"qc_h": 0.0}],
            products=[PSMA | {"tolerance_percent": 1.5}],
        )
    )
    # The label's smallest volume, 7.5 mL at 1 GBq/mL, holds 7.4 GBq 3.09 h after calibration.
    first = options.rows.row(0, named=True)
    assert first["volume_ml"] == 7.5
    assert first["activity_infuse_bq"] > 7.4e9
    assert options.feasible["volume_ml"].max() <= 12.5


def _early_suite() -> dict[str, Any]:
    return one_way().frame("suites").to_dicts()[0] | {"open": "05:00"}


def test_golden_volume_of_the_label_at_120_66_h_is_12_5_ml(build: Any) -> None:
    # Pluvicto label: 12.5 mL; NUBASE2020 and the label's half-life differ by less than 0.1 %.
    late = PSMA | {"shelf_life_h": 121.0, "volume_max_ml": 20.0}
    suite = one_way().frame("suites").to_dicts()[0] | {"open": "04:40", "slots_per_day": 1}
    options = build(one_way(products=[late], suites=[suite]))
    at_120_66 = options.rows.filter(infuse_ms=options.rows["ready_ms"][0] + 7240 * 60_000)
    assert at_120_66["volume_ml"].to_list() == pytest.approx([12.5], rel=1e-3)


def test_three_ways_earliest_cheapest_most_reliable(build: Any) -> None:
    lanes = [
        lane("line>site/fast", duration_h=1.0, cost=Decimal(300), on_time_percent=90.0),
        lane("line>site/cheap", duration_h=3.0, cost=Decimal(100), on_time_percent=90.0),
        lane("line>site/sure", duration_h=3.0, cost=Decimal(300), on_time_percent=99.0),
        lane("line>site/middling", duration_h=2.0, cost=Decimal(200), on_time_percent=95.0),
        lane("line>site/useless", duration_h=4.0, cost=Decimal(400), on_time_percent=80.0),
    ]
    ways = build(one_way(lanes=lanes, departures=[])).itineraries["lanes"].to_list()
    assert ways == ["line>site/fast", "line>site/cheap", "line>site/sure"]


def test_a_cheap_way_that_arrives_after_shelf_life_is_not_offered(build: Any) -> None:
    lanes = [
        lane("line>site/fast", duration_h=1.0, cost=Decimal(300)),
        lane("line>site/slow", duration_h=130.0, cost=Decimal(1)),
    ]
    assert build(one_way(lanes=lanes, departures=[])).itineraries["lanes"].to_list() == [
        "line>site/fast"
    ]


def test_five_legs_are_taken_and_six_are_not(build: Any) -> None:
    names = ["line", "h1", "h2", "h3", "h4", "h5", "site"]
    for legs, reached in ((5, True), (6, False)):
        stops = [*names[:legs], "site"]
        lanes = [lane(f"{a}>{b}") for a, b in itertools.pairwise(stops)]
        options = build(
            one_way(lanes=lanes, hubs=[{"hub": name} for name in names[1:6]], departures=[])
        )
        assert (options.itineraries.height == 1) is reached
        assert ("no_lane_reaches_site" in refused(options)) is not reached


def test_on_time_weighs_each_buffer_against_the_mean_delay(build: Any) -> None:
    lanes = [
        lane("line>hub", duration_h=0.5, handling_h=0.5, on_time_percent=90.0, late_mean_h=2.0),
        lane("hub>site", duration_h=3.0, on_time_percent=80.0, late_mean_h=6.0),
    ]
    row = build(one_way(lanes=lanes)).feasible.row(0, named=True)
    # Half an hour to the cut-off; the first usable slot is on Tuesday at 08:00, 19 h after arrival.
    assert row["on_time"] == pytest.approx(
        (1 - 0.1 * 2.718281828459045 ** (-0.5 / 2)) * (1 - 0.2 * 2.718281828459045 ** (-19 / 6))
    )


@pytest.mark.parametrize(
    ("week", "sunday_to_monday_h"), [(date(2026, 3, 2), 23.0), (date(2026, 10, 26), 25.0)]
)
def test_a_weekend_with_a_clock_change_is_an_hour_off_in_decay(
    build: Any, week: date, sunday_to_monday_h: float
) -> None:
    chicago: dict[str, Rows] = {
        "lines": [{"line": "line", "zone": "America/Chicago"}],
        "sites": [{"site": "site", "zone": "America/Chicago"}],
        "lanes": [lane("line>site")],
        "departures": [],
        "batches": [BATCH | {"weekday": "Sat", "start": "04:00"}],
    }
    options = build(one_way(**chicago), week=week)
    starts = options.slots.filter(day=week + timedelta(days=6))["start_ms"][0]
    monday = options.slots.filter(day=week + timedelta(days=7))["start_ms"][0]
    assert (monday - starts) / HOUR_MS == 24.0
    before = options.slots.filter(day=week + timedelta(days=5))["start_ms"][0]
    assert (starts - before) / HOUR_MS == sunday_to_monday_h
    saturday_8 = options.rows.filter(infuse_ms=starts)["activity_ready_bq"][0]
    # Calibrated on Saturday at 08:00 local, infused on Sunday at 08:00 local.
    assert saturday_8 == pytest.approx(7.4e9 * 2 ** (sunday_to_monday_h / 159.4632), rel=1e-9)


@pytest.mark.parametrize("zone", ["America/New_York", "America/Denver", "Pacific/Honolulu"])
def test_departures_are_read_on_the_clocks_of_where_they_leave(
    build: Any, nuclides: NuclideTable, zone: str
) -> None:
    network = one_way(hubs=[{"hub": "hub", "zone": zone}])
    options = build(network)
    leaves = options.itineraries["leg_depart_ms"].list.last()[0]
    assert local(zone, leaves).strftime("%H:%M") == "10:00"
    assert nuclides["Lu-177"].half_life_h == pytest.approx(159.4632)


def test_bookings_take_chair_minutes_from_the_first_slots(build: Any) -> None:
    booked = [{"suite": "suite", "day": WEEK, "minutes": 600}]
    slots = build(one_way(booked=booked)).slots
    assert slots.filter(day=WEEK)["chair_min"].to_list() == [0, 360]
    assert slots.filter(day=date(2026, 5, 5))["chair_min"].to_list() == [480, 480]


def test_slots_cover_the_week_and_the_longest_shelf_life(build: Any) -> None:
    days = build(one_way()).slots["day"]
    # 7 days, and 120 h + 4 h more: the dose of a Sunday night's batch is used in the next week.
    assert (days.min(), days.max()) == (WEEK, WEEK + timedelta(days=7 + 6 - 1))


def test_a_batch_late_in_the_week_is_infused_in_the_next(build: Any) -> None:
    options = build(one_way(batches=[BATCH | {"weekday": "Sun", "start": "18:00"}]))
    assert (
        options.feasible["infuse_ms"].min()
        >= options.slots.filter(day=WEEK + timedelta(days=7))["start_ms"].min()
    )


def test_a_site_without_slots_keeps_a_row_that_says_so(build: Any) -> None:
    rows = build(one_way(suites=[])).rows
    assert rows.height == 1
    assert rows["slot"].to_list() == [-1]
    assert rows["infuse_ms"].null_count() == 1
    assert REFUSALS[rows["refusal"][0]] == "no_slot_in_time"


def test_an_empty_week_has_no_rows(build: Any) -> None:
    for table in ("batches", "sites"):
        changes: dict[str, Rows] = {table: []}
        if table == "sites":
            changes |= {"suites": [], "lanes": [], "departures": []}
        assert build(one_way(**changes)).rows.is_empty()


def test_wrong_questions_are_refused_with_a_sentence(build: Any) -> None:
    with pytest.raises(NotAMondayError):
        build(one_way(), week=date(2026, 5, 6))
    with pytest.raises(BatchDayError, match="'b1': weekday is 'Mon-Wed'"):
        build(one_way(batches=[BATCH | {"weekday": "Mon-Wed"}]))
    with pytest.raises(UnknownPlaceError, match="to_place 'nowhere' is none of the hubs and sites"):
        build(one_way(lanes=[lane("line>nowhere")], departures=[]))


def test_people_see_names_local_times_and_units(build: Any) -> None:
    network = one_way(sites=[{"site": "site", "zone": "America/Denver"}])
    options = build(network)
    shown = named(options, network, options.feasible.head(1)).row(0, named=True)
    assert shown["lanes"] == "line>hub > hub>site"
    assert shown["calibration"] == "Mon 2026-05-04 04:00+00:00"
    assert shown["arrives"] == "Mon 2026-05-04 07:00-06:00"
    assert shown["infusion"] == "Mon 2026-05-04 08:00-06:00"
    assert shown["activity_infuse_gbq"] == pytest.approx(7.4)
    assert shown["refusal"] == ""


def test_reasons_are_counted_by_site_and_product(build: Any) -> None:
    network = one_way()
    options = build(network)
    counted = reasons(options, network)
    assert counted["rows"].sum() == options.rows.height
    assert counted.filter(refusal="")["rows"].to_list() == [options.feasible.height]
    assert counted["site"].unique().to_list() == ["site"]


def test_tiny_is_as_its_readme_says(build: Any) -> None:
    network = load("examples/tiny")
    options = build(network, week=network.settings.plan_week)
    shown = named(options, network, options.feasible)
    served = {(row["batch"], row["site"]) for row in shown.iter_rows(named=True)}
    assert served == {
        ("psma-mon", "near"),
        ("psma-mon", "middle"),
        ("psma-mon", "far"),
        ("psma-wed", "near"),
    }
    first = shown.filter(site="middle")["activity_ready_gbq"].to_list()[:2]
    assert [round(value, 3) for value in first] == [8.178, 8.249]
    why = reasons(options, network).filter(site="middle")["refusal"].to_list()
    assert why == ["", "missed_cut_off"]


def test_a_way_that_arrives_as_shelf_life_ends_still_counts(build: Any) -> None:
    # Handed over at 07:30, 3.5 h after calibration; shelf life is 120 h.
    lanes = [
        lane("line>site/fast", duration_h=1.0, cost=Decimal(300)),
        lane("line>site/last", duration_h=116.5, handling_h=0.5, cost=Decimal(1)),
    ]
    ways = build(one_way(lanes=lanes, departures=[])).itineraries["lanes"].to_list()
    assert ways == ["line>site/fast", "line>site/last"]


def test_of_two_cut_offs_of_one_departure_the_later_counts(build: Any) -> None:
    # At the hub at 08:00 with a mean delay of 2 h: an hour to the later cut-off.
    late = lane("line>hub", duration_h=0.5, handling_h=0.5, on_time_percent=0.0, late_mean_h=2.0)
    flight = lane("hub>site", duration_h=3.0, on_time_percent=100.0)
    both = [FLIGHT | {"cutoff_min": 120}, FLIGHT | {"cutoff_min": 60, "weekdays": "Mon"}]
    row = build(one_way(lanes=[late, flight], departures=both)).feasible.row(0, named=True)
    assert row["on_time"] == pytest.approx(1 - 2.718281828459045 ** (-1 / 2))


def test_a_transport_index_of_exactly_three_may_fly(build: Any) -> None:
    options = build(one_way(products=[PSMA | {"pot_transmission": 0.88}]))
    at_limit = options.rows.filter(transport_index=3.0)
    assert at_limit.height > 0
    assert "transport_index_over_limit" not in {REFUSALS[code] for code in at_limit["refusal"]}
    assert "transport_index_over_limit" in refused(options)
