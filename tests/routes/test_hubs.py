"""Opening hours, nuclear pharmacies, rests, escorts and beds, each at its boundary."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from tests.routes.build import PSMA, WEEK, Rows, lane, make_licence, one_way, treat_licence

from doseline.model.driving import drive_h, rests
from doseline.model.options import REFUSALS
from doseline.model.transport import Carrier, Lane
from doseline.routes.carriage import fleet_trips, package_cost, travel_h
from doseline.routes.options import build_options

if TYPE_CHECKING:
    from doseline.model.network import Network
    from doseline.model.options import Options
    from doseline.physics.nuclides import NuclideTable

FLIGHT = {"lane": "hub>site", "weekdays": "Mon-Sun", "depart": "10:00", "cutoff_min": 90}
ROAD = [lane("line>hub", duration_h=1.0, handling_h=0.5), lane("hub>site", handling_h=0.5)]
BATCH = one_way().frame("batches").to_dicts()[0]


@pytest.fixture
def build(nuclides: NuclideTable) -> Any:
    def built(network: Network, **asked: Any) -> Options:
        return build_options(network, nuclides=nuclides, week=WEEK, **asked)

    return built


def hour(instant_ms: int) -> float:
    """Hours from the Monday's midnight."""
    return (instant_ms - (WEEK - date(1970, 1, 1)).days * 86_400_000) / 3_600_000


def leaves_hub(options: Options) -> list[float]:
    return [hour(times[-1]) for times in options.itineraries["leg_depart_ms"]]


def refused(options: Options) -> set[str]:
    return {REFUSALS[code] for code in options.rows["refusal"]}


@pytest.mark.parametrize(
    ("opens", "closes", "leaves"),
    [
        # At the hub at 08:30; handling takes half an hour.
        ("00:00", "00:00", 9.0),
        ("08:30", "09:00", 9.0),
        ("09:00", "17:00", 9.5),
        ("06:00", "08:30", 30.0),
        ("06:00", "08:59", 30.0),
        ("22:00", "06:00", 22.5),
        ("22:00", "09:00", 9.0),
    ],
)
def test_a_package_waits_for_the_hub_to_open_and_leaves_while_it_is_open(
    build: Any, opens: str, closes: str, leaves: float
) -> None:
    hub = {"hub": "hub", "open": opens, "close": closes}
    assert leaves_hub(build(one_way(hubs=[hub], lanes=ROAD, departures=[]))) == [leaves]


@pytest.mark.parametrize(("weekdays", "leaves"), [("Mon", 9.0), ("Tue", 24.5), ("Sun Mon", 9.0)])
def test_a_hub_works_on_its_weekdays(build: Any, weekdays: str, leaves: float) -> None:
    hub = {"hub": "hub", "weekdays": weekdays}
    assert leaves_hub(build(one_way(hubs=[hub], lanes=ROAD, departures=[]))) == [leaves]


def test_a_hub_that_opens_after_shelf_life_gives_nothing(build: Any) -> None:
    hub = {"hub": "hub", "weekdays": "Sun"}
    options = build(one_way(hubs=[hub], lanes=ROAD, departures=[]))
    assert refused(options) == {"missed_cut_off"}


@pytest.mark.parametrize(
    ("opens", "closes", "leaves"),
    [("00:00", "10:00", 10.0), ("00:00", "09:59", None), ("08:30", "17:00", 10.0)],
)
def test_a_departure_leaves_only_while_the_hub_is_open(
    build: Any, opens: str, closes: str, leaves: float | None
) -> None:
    options = build(one_way(hubs=[{"hub": "hub", "open": opens, "close": closes}]))
    assert leaves_hub(options) == ([] if leaves is None else [leaves])


def test_a_cut_off_in_closed_hours_must_be_met_before_closing(build: Any) -> None:
    """The flight at 10:00 closes at 07:30; the hub at 06:00 of the evening before until 09:45."""
    flight = FLIGHT | {"cutoff_min": 150}
    hub = {"hub": "hub", "open": "09:45", "close": "06:00"}
    batch = BATCH | {"start": "15:00"}
    # Released on Monday at 22:00, at the hub at 23:30: in time for Tuesday's flight.
    options = build(one_way(hubs=[hub], departures=[flight], batches=[batch]))
    assert leaves_hub(options) == [34.0]
    # Five hours later it stands before a closed hub at 06:30 and takes Wednesday's.
    batch = BATCH | {"start": "22:00"}
    options = build(one_way(hubs=[hub], departures=[flight], batches=[batch]))
    assert leaves_hub(options) == [58.0]
    # On time if it comes within the six and a half hours until the hub closes.
    late = [lane("line>hub", duration_h=1.0, handling_h=0.5, on_time_percent=0.0, late_mean_h=2.0)]
    late += [lane("hub>site", mode="air_cargo", on_time_percent=100.0)]
    batch = BATCH | {"start": "15:00"}
    options = build(one_way(hubs=[hub], departures=[flight], batches=[batch], lanes=late))
    assert options.feasible["on_time"].max() == pytest.approx(1 - 2.718281828459045 ** (-6.5 / 2))


def test_what_a_closed_door_makes_wait_may_come_late(build: Any) -> None:
    """At the hub on Monday at 08:30, which opens at noon: three hours and a half absorb delay."""
    lanes = [
        lane("line>hub", duration_h=1.0, handling_h=0.5, on_time_percent=0.0, late_mean_h=2.0),
        lane("hub>site", duration_h=1.0, handling_h=0.5, on_time_percent=100.0),
    ]
    hub = {"hub": "hub", "open": "12:00", "close": "20:00"}
    suite = one_way().frame("suites").to_dicts()[0] | {"open": "15:30", "close": "18:30"}
    options = build(one_way(hubs=[hub], lanes=lanes, departures=[], suites=[suite]))
    # There at 13:30, two hours before the slot.
    first = options.feasible.row(0, named=True)
    assert first["on_time"] == pytest.approx(1 - 2.718281828459045 ** (-(2.0 + 3.5) / 2))


def test_a_closed_door_before_a_flight_adds_to_its_buffer(build: Any) -> None:
    """At the depot at 08:30, which opens at 09:00; at the hub at 10:00, an hour before the cut-off."""
    lanes = [
        lane("line>depot", duration_h=1.0, handling_h=0.5, on_time_percent=0.0, late_mean_h=2.0),
        lane("depot>hub", duration_h=0.5, handling_h=0.5, on_time_percent=100.0),
        lane("hub>site", mode="air_cargo", on_time_percent=100.0),
    ]
    hubs = [{"hub": "depot", "open": "09:00", "close": "20:00"}, {"hub": "hub"}]
    flight = FLIGHT | {"depart": "12:00", "cutoff_min": 60}
    options = build(one_way(hubs=hubs, lanes=lanes, departures=[flight]))
    assert options.feasible["on_time"].max() == pytest.approx(1 - 2.718281828459045 ** (-1.5 / 2))


PHARMACY = {"hub": "hub", "kind": "pharmacy"}


def distribute(**values: Any) -> dict[str, Any]:
    return (
        make_licence()
        | {
            "licence": "hub",
            "holder": "hub",
            "operation": "distribute",
        }
        | values
    )


def licences(*more: dict[str, Any]) -> Rows:
    return [make_licence(), treat_licence(), *more]


@pytest.mark.parametrize(
    ("held", "passes"),
    [
        ([], False),
        ([distribute()], True),
        ([distribute(nuclide="I-131")], False),
        ([distribute(operation="make")], False),
        ([distribute(valid_until=WEEK)], True),
        ([distribute(valid_until=WEEK - timedelta(days=1))], False),
    ],
)
def test_a_pharmacy_passes_on_what_it_may_distribute(
    build: Any, held: Rows, *, passes: bool
) -> None:
    options = build(one_way(hubs=[PHARMACY], licences=licences(*held)))
    assert ("pharmacy_not_licensed" in refused(options)) is not passes
    assert (options.itineraries.height == 1) is passes
    assert options.feasible.is_empty() is not passes


@pytest.mark.parametrize(("duration_h", "passes"), [(15.9, True), (16.0, False), (16.5, False)])
def test_a_licence_ends_at_midnight(build: Any, duration_h: float, *, passes: bool) -> None:
    """Handed over at 07:30, with half an hour's handling at the pharmacy; valid on Monday only."""
    lanes = [lane("line>hub", duration_h=duration_h, handling_h=0.5), ROAD[1]]
    held = licences(distribute(valid_until=WEEK))
    options = build(one_way(hubs=[PHARMACY], licences=held, lanes=lanes, departures=[]))
    assert (options.itineraries.height == 1) is passes


def test_a_package_waits_until_the_licence_of_the_pharmacy_begins(build: Any) -> None:
    begins = distribute(valid_from=WEEK + timedelta(days=1))
    network = one_way(hubs=[PHARMACY], licences=licences(begins), lanes=ROAD, departures=[])
    assert leaves_hub(build(network)) == [24.5]


def test_a_way_around_the_pharmacy_is_a_way(build: Any) -> None:
    direct = lane("line>site", duration_h=20.0)
    network = one_way(hubs=[PHARMACY], licences=licences(), lanes=[*ROAD, direct], departures=[])
    options = build(network)
    assert options.itineraries["lanes"].to_list() == ["line>site"]
    assert "pharmacy_not_licensed" not in refused(options)


def test_each_nuclide_has_its_own_ways(build: Any) -> None:
    products = [PSMA, PSMA | {"product": "iodine", "nuclide": "I-131"}]
    batches = [BATCH | {"batch": "b0", "product": "iodine"}, BATCH]
    iodine = [
        one | {"licence": f"{one['licence']}-i", "nuclide": "I-131"}
        for one in (make_licence(), treat_licence())
    ]
    options = build(
        one_way(
            products=products,
            batches=batches,
            hubs=[PHARMACY],
            licences=[*licences(distribute()), *iodine],
        )
    )
    assert options.itineraries["batch"].to_list() == [1]
    reasons = options.rows.filter(batch=0)["refusal"]
    assert {REFUSALS[code] for code in reasons} == {"pharmacy_not_licensed"}
    assert set(options.feasible["batch"]) == {1}
    assert options.rows["batch"].to_list() == sorted(options.rows["batch"])


def test_a_pharmacy_that_may_distribute_everything_is_like_any_hub(build: Any) -> None:
    products = [PSMA, PSMA | {"product": "iodine", "nuclide": "I-131"}]
    batches = [
        BATCH | {"batch": f"b{n}", "product": name, "start": f"0{n}:00"}
        for n, name in enumerate(("iodine", "psma", "iodine"))
    ]
    held = [
        one | {"licence": f"{one['licence']}-{nuclide}", "nuclide": nuclide}
        for one in licences(distribute())
        for nuclide in ("Lu-177", "I-131")
    ]
    tables: dict[str, Rows] = {"products": products, "batches": batches, "licences": held}
    other = one_way(hubs=[{"hub": "hub", "kind": "depot"}], **tables)
    some, others = build(one_way(hubs=[PHARMACY], **tables)), build(other)
    assert some.itineraries.equals(others.itineraries)
    assert some.rows.equals(others.rows)
    assert set(some.feasible["batch"]) == {0, 1, 2}


def carrier(**values: Any) -> Carrier:
    plain: dict[str, Any] = {"carrier": "van", "name": "Van", "evidence": "invented"}
    return Carrier(**{**plain, **values})


def road(duration_h: float, mode: str = "road") -> Lane:
    return Lane(
        lane="l",
        mode=mode,
        from_place="a",
        to_place="b",
        distance_km=1.0,
        duration_h=duration_h,
        cost=Decimal(100),
        on_time_percent=99.0,
        evidence="invented",
    )


@pytest.mark.parametrize(
    ("driving_h", "stops"),
    [(0.0, 0), (3.9, 0), (4.0, 0), (4.0001, 1), (8.0, 1), (8.5, 2), (12.0, 2), (0.1 * 120, 2)],
)
def test_a_driver_rests_after_every_full_stretch_but_not_on_arrival(
    driving_h: float, stops: int
) -> None:
    """China: 20 min after 4 h at the wheel (Road Traffic Safety Law regulations, article 62)."""
    assert rests(driving_h, 4.0) == stops
    assert drive_h(driving_h, drive_h_max=4.0, rest_h=1 / 3) == driving_h + stops / 3
    by = carrier(drive_h_max=4.0, rest_h=1 / 3)
    assert travel_h(road(driving_h), by) == driving_h + stops / 3
    assert travel_h(road(driving_h, "air_cargo"), by) == driving_h


def test_without_a_limit_nobody_rests() -> None:
    assert rests(100.0, None) == 0
    assert travel_h(road(100.0), carrier(rest_h=1.0)) == 100.0
    assert travel_h(road(100.0), None) == 100.0


def test_escorts_are_paid_there_and_back_and_shared_by_a_full_trip() -> None:
    """Two escorts for 2 x 10 h at 30 an hour are 1200; three packages share them, at 100 each."""
    by = carrier(
        escorts=2, escort_cost_per_h=Decimal(30), packages_per_trip=3, drive_h_max=9.0, rest_h=1.0
    )
    assert package_cost(road(9.0), by) == 100 + Decimal(2 * 30 * 2 * 9) / 3
    assert package_cost(road(9.5), by) == 100 + Decimal(2 * 30 * 2) * Decimal("10.5") / 3
    assert package_cost(road(9.5, "air_cargo"), by) == 100
    assert package_cost(road(9.5), None) == 100
    assert package_cost(road(9.5), carrier(own=True)) == 100


def test_options_travel_as_long_and_cost_as_much_as_the_carrier_makes_of_it(build: Any) -> None:
    van = {
        "carrier": "van",
        "escorts": 1,
        "escort_cost_per_h": Decimal(30),
        "drive_h_max": 4.0,
        "rest_h": 0.5,
    }
    lanes = [lane("line>site", duration_h=9.0, handling_h=0.0, carrier="van")]
    options = build(one_way(carriers=[van], lanes=lanes, departures=[]))
    (way,) = options.itineraries.iter_rows(named=True)
    assert (way["arrive_ms"] - way["depart_ms"]) / 3_600_000 == 10.0
    assert way["cost"] == 100 + 30 * 2 * 10
    assert way["leg_lane"] == [0]
    assert options.rows["cost"][0] == 1000 + way["cost"]


def test_vehicles_are_out_there_and_back() -> None:
    vans = [
        {"carrier": "own", "own": True, "vehicles": 2, "drive_h_max": 4.0, "rest_h": 0.5},
        {"carrier": "many", "packages_per_trip": 4},
    ]
    lanes = [
        lane("line>hub", carrier="many"),
        lane("hub>site", duration_h=5.0, carrier="own"),
        lane("line>site"),
    ]
    trips = fleet_trips(one_way(carriers=vans, lanes=lanes, departures=[]))
    assert trips.rows() == [(1, 0, 11.0, 1)]


@pytest.mark.parametrize(
    ("nights", "beds", "usable"),
    [(None, 0, True), ({"psma": 0}, 0, True), ({"psma": 1}, 0, False), ({"psma": 1}, 1, True)],
)
def test_who_stays_overnight_needs_a_bed(
    build: Any, nights: dict[str, int] | None, beds: int, *, usable: bool
) -> None:
    suite = one_way().frame("suites").to_dicts()[0] | {"beds": beds}
    options = build(one_way(suites=[suite]), nights=nights)
    assert options.feasible.is_empty() is not usable
    assert ("no_isolation_bed" in refused(options)) is not usable
    assert options.nights == ((nights or {}).get("psma", 0),)


def test_a_suite_with_beds_is_used_where_another_has_none(build: Any) -> None:
    plain = one_way().frame("suites").to_dicts()[0]
    suites = [plain, plain | {"suite": "ward", "beds": 2}]
    options = build(one_way(suites=suites), nights={"psma": 3})
    used = options.feasible.join(options.slots, on="slot")["suite"].unique().to_list()
    assert used == [1]
