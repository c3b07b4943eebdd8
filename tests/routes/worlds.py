"""Random small networks with coarse values, so that ties, limits and refusals are frequent."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from hypothesis import strategies as st
from tests.routes.build import PSMA, Rows, network

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from doseline.model.network import Network

    Draw = Callable[[st.SearchStrategy[Any]], Any]

T = TypeVar("T")

WEEKS = (date(2026, 5, 4), date(2026, 3, 2), date(2026, 3, 23), date(2026, 10, 26))
"""An ordinary week, and those in which the clocks of America and of Europe change."""

ZONES = (
    "UTC",
    "America/Chicago",
    "America/Phoenix",
    "Asia/Shanghai",
    "Europe/Berlin",
    "Asia/Kathmandu",
)
CALENDARS = ("quiet", "busy")
CLOCKS = ("00:00", "01:30", "02:30", "07:00", "12:00", "23:30")
_MOSTLY_LUTETIUM = (*["Lu-177"] * 7, "I-131")
WEEKDAYS = ("Mon-Sun", "Mon-Sun", "Mon-Fri", "Mon", "Tue Thu", "Fri-Mon", "Wed", "Sat Sun")


@st.composite
def worlds(draw: Draw) -> tuple[Network, date, frozenset[tuple[str, str]] | None]:
    """A network, a week, and who offers: half of the networks follow no calendar or hours."""
    free = draw(st.booleans())
    week = draw(st.sampled_from(WEEKS))
    lines, hubs, sites = (_names(draw, kind, most) for kind, most in (("L", 2), ("H", 3), ("S", 3)))
    products = ["p0", "p1"][: draw(st.integers(1, 2))]
    lanes = _lanes(draw, lines, hubs, sites)
    followed = (None,) if free else (None, *CALENDARS)
    lanes = [
        one | {"calendar": _pick(draw, followed), "carrier": _pick(draw, (None, "van"))}
        for one in lanes
    ]
    made = network(
        products=[_product(draw, name) for name in products],
        calendars=[{"calendar": name} for name in CALENDARS],
        holidays=_holidays(draw, week),
        carriers=[_carrier(draw)],
        lines=[
            {"line": name, "zone": _pick(draw, ZONES), "calendar": _pick(draw, followed)}
            for name in lines
        ],
        hubs=[_hub(draw, name, free=free) | {"calendar": _pick(draw, followed)} for name in hubs],
        sites=[
            {"site": name, "zone": _pick(draw, ZONES), "calendar": _pick(draw, followed)}
            for name in sites
        ],
        batches=[_batch(draw, f"b{n}", lines, products) for n in range(draw(st.integers(1, 3)))],
        lanes=lanes,
        departures=_departures(draw, lanes, week),
        suites=[_suite(draw, n, sites) for n in range(draw(st.integers(1, 4)))],
        licences=_licences(draw, lines, hubs, sites, week),
        booked=[{"suite": "r0", "day": week + timedelta(days=1), "minutes": 200}],
    )
    pairs = [(site, product) for site in sites for product in products]
    offers = draw(st.sampled_from((None, None, None, frozenset(pairs[1:]))))
    return made, week, offers


def _pick(draw: Draw, values: Sequence[T]) -> T:
    chosen: T = draw(st.sampled_from(values))
    return chosen


def _names(draw: Draw, kind: str, most: int) -> list[str]:
    return [f"{kind}{n}" for n in range(draw(st.integers(1, most)))]


def _product(draw: Draw, name: str) -> dict[str, Any]:
    activity_gbq = _pick(draw, (7.4, 7.4, 7.4, 650.0))
    return PSMA | {
        "product": name,
        "nuclide": _pick(draw, _MOSTLY_LUTETIUM),
        "activity_gbq": activity_gbq,
        "concentration_gbq_per_ml": activity_gbq / 7.4,
        "tolerance_percent": _pick(draw, (0.0, 5.0, 10.0)),
        "shelf_life_h": _pick(draw, (20.0, 60.5, 120.0)),
        "pot_transmission": _pick(draw, (0.0, 0.02, 0.02, 1.0)),
    }


def _batch(draw: Draw, name: str, lines: list[str], products: list[str]) -> dict[str, Any]:
    return {
        "batch": name,
        "line": _pick(draw, lines),
        "product": _pick(draw, products),
        "weekday": _pick(draw, ("Mon", "Fri", "Sat", "Sun")),
        "start": _pick(draw, CLOCKS),
        "synthesis_h": _pick(draw, (0.0, 4.0, 5.25)),
        "qc_h": _pick(draw, (0.0, 3.0)),
        "dose_cost": Decimal("0.1"),
    }


def _lanes(draw: Draw, lines: list[str], hubs: list[str], sites: list[str]) -> Rows:
    pairs = [(line, hub) for line in lines for hub in hubs]
    pairs += [(hub, site) for hub in hubs for site in sites]
    pairs += [(hub, other) for hub in hubs for other in hubs if hub != other]
    pairs += [(line, site) for line in lines for site in sites]
    pairs = draw(st.lists(st.sampled_from(pairs), min_size=6, max_size=16))
    return [
        {
            "lane": f"{start}>{end}/{n}",
            "mode": _pick(draw, ("road", "air_cargo", "air_passenger")),
            "from_place": start,
            "to_place": end,
            "duration_h": _pick(draw, (0.0, 1.0, 1.0, 2.5, 2.5, 30.0)),
            "handling_h": _pick(draw, (0.0, 0.5)),
            "cost": _pick(draw, (Decimal("0.1"), Decimal("0.2"), Decimal("0.3"))),
            "on_time_percent": _pick(draw, (0.0, 72.0, 80.0, 90.0, 100.0)),
            "late_mean_h": _pick(draw, (0.0, 2.0, 6.0)),
        }
        for n, (start, end) in enumerate(pairs)
    ]


def _departures(draw: Draw, lanes: Rows, week: date) -> Rows:
    timed = draw(st.lists(st.sampled_from(lanes), max_size=10))
    return [
        {
            "lane": one["lane"],
            "weekdays": _pick(draw, WEEKDAYS),
            "depart": _pick(draw, CLOCKS),
            "cutoff_min": _pick(draw, (0, 30, 90, 600)),
            "valid_from": _pick(draw, (None, None, week + timedelta(days=2))),
            "valid_until": _pick(draw, (None, None, week + timedelta(days=5))),
        }
        for one in timed
    ]


def _suite(draw: Draw, number: int, sites: list[str]) -> dict[str, Any]:
    return {
        "suite": f"r{number}",
        "site": sites[number] if number < len(sites) else _pick(draw, sites),
        "chairs": _pick(draw, (0, 1, 3)),
        "beds": _pick(draw, (0, 2, 2)),
        "weekdays": _pick(draw, WEEKDAYS),
        "open": _pick(draw, CLOCKS),
        "close": _pick(draw, CLOCKS),
        "slots_per_day": _pick(draw, (1, 2, 3)),
    }


def _holidays(draw: Draw, week: date) -> Rows:
    """Days around the week that are closed, or run as another weekday."""
    runs_as = (None, None, "Mon", "Fri", "Sat")
    days = draw(
        st.lists(
            st.tuples(st.sampled_from(CALENDARS), st.integers(-2, 16)), unique=True, max_size=9
        )
    )
    return [
        {
            "calendar": calendar,
            "day": week + timedelta(days=offset),
            "runs_as": _pick(draw, runs_as),
        }
        for calendar, offset in days
    ]


def _hub(draw: Draw, name: str, *, free: bool) -> dict[str, Any]:
    """A hub that is always open, or one with hours, or a pharmacy."""
    zone = _pick(draw, ZONES)
    if free or draw(st.booleans()):
        return {"hub": name, "zone": zone}
    return {
        "hub": name,
        "zone": zone,
        "kind": _pick(draw, ("airport", "depot", "pharmacy", "pharmacy")),
        "weekdays": _pick(draw, (None, "Mon-Sun", "Mon-Fri", "Tue Thu")),
        "open": _pick(draw, CLOCKS),
        "close": _pick(draw, CLOCKS),
    }


def _carrier(draw: Draw) -> dict[str, Any]:
    return {
        "carrier": "van",
        "escorts": _pick(draw, (0, 1, 2)),
        "escort_cost_per_h": Decimal("0.07"),
        "drive_h_max": _pick(draw, (None, 1.0, 1.25, 4.0)),
        "rest_h": _pick(draw, (0.0, 0.5)),
        "packages_per_trip": _pick(draw, (1, 3)),
    }


def _licences(draw: Draw, lines: list[str], hubs: list[str], sites: list[str], week: date) -> Rows:
    operation = dict.fromkeys(lines, "make") | dict.fromkeys(hubs, "distribute")
    holders = [*lines, *sites, *hubs]
    chosen = draw(st.lists(st.sampled_from(holders), max_size=2)) + holders
    day = [week + timedelta(days=days) for days in (-400, -5, 2, 5, 9, 400)]
    return [
        {
            "licence": f"licence {n}",
            "holder": holder,
            "operation": operation.get(holder, "treat"),
            "nuclide": _pick(draw, _MOSTLY_LUTETIUM),
            "valid_from": _pick(draw, [*day[:1] * 6, *day[1:3]]),
            "valid_until": _pick(draw, [*day[-1:] * 6, *day[2:5]]),
            "training_until": _pick(draw, [*[None] * 6, *day[1:]]),
            "possession_gbq": _pick(draw, (None, None, 7.5, 60.0)),
        }
        for n, holder in enumerate(chosen)
    ]
