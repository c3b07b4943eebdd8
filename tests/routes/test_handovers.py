"""Doses that leave at calibration, and staff who are not there together: by hand, in UTC."""

from __future__ import annotations

from typing import Any

import polars as pl
from tests.routes.build import WEEK, lane, one_way

from doseline.io.reference import nuclide_table
from doseline.model.options import REFUSALS, Options
from doseline.routes.clock import utc_ms
from doseline.routes.options import build_options

EARLY_FLIGHT = [{"lane": "hub>site", "weekdays": "Mon-Sun", "depart": "08:00", "cutoff_min": 90}]


def built(*, at_risk: bool, qc_h: float = 3.0, **tables: Any) -> Options:
    """Synthesis from 00:00 to 04:00 on Monday; to the hub 1.5 h; the flight takes 3 h."""
    net = one_way(lines=[{"line": "line", "ship_at_risk": at_risk}], **tables)
    batches = net.frame("batches").with_columns(qc_h=pl.lit(qc_h))
    return build_options(net.replace(batches=batches), nuclides=nuclide_table(), week=WEEK)


def at(hour: int, day: int = 0) -> int:
    """An instant of the week. [ms]"""
    return utc_ms("UTC", WEEK, (24 * day + hour) * 60)


def infusions(options: Options) -> set[int]:
    return set(options.feasible["infuse_ms"])


def reason(options: Options, infuse_ms: int) -> set[str]:
    rows = options.rows.filter(infuse_ms=infuse_ms)
    return {REFUSALS[code] for code in rows["refusal"]}


def test_a_dose_at_risk_catches_the_flight_before_its_release() -> None:
    # Released at 07:00, it would be at the hub at 08:30, past the cut-off of 06:30.
    kept = built(at_risk=False, departures=EARLY_FLIGHT)
    risked = built(at_risk=True, departures=EARLY_FLIGHT)
    assert at(12) not in infusions(kept)
    assert at(12) in infusions(risked)
    assert infusions(kept) < infusions(risked)


def test_both_handovers_are_options() -> None:
    ways = built(at_risk=True, departures=EARLY_FLIGHT).itineraries
    assert sorted(set(ways["depart_ms"])) == [at(4) + 1_800_000, at(7) + 1_800_000]
    assert ways["itinerary"].to_list() == list(range(ways.height))


def test_equal_ways_are_told_once() -> None:
    direct: dict[str, Any] = {
        "lanes": [lane("line>site", duration_h=3.0)],
        "departures": [EARLY_FLIGHT[0] | {"lane": "line>site", "depart": "10:00"}],
    }
    kept, risked = (built(at_risk=risk, **direct) for risk in (False, True))
    assert risked.itineraries.equals(kept.itineraries)
    assert risked.rows.equals(kept.rows)


def test_nothing_is_infused_before_its_release() -> None:
    late = built(at_risk=True, qc_h=10.0, departures=EARLY_FLIGHT)
    assert at(12) not in infusions(late)
    assert reason(late, at(12)) == {"not_released_before_use", "arrives_after_slot"}
    assert at(8, 1) in infusions(late)


def staffed(nurse: tuple[str, str], technologist: tuple[str, str]) -> Options:
    """Slots from 08:00 and from 12:00; each role has an hour's work."""
    hours = {"nurse": nurse, "technologist": technologist}
    return built(
        at_risk=False,
        staff=[
            {"site": "site", "role": role, "count": 1, "weekdays": "Mon-Sun", "start": start,
             "end": end}
            for role, (start, end) in hours.items()
        ],
        tasks=[{"product": "psma", "role": role, "minutes": 60} for role in hours],
    )  # fmt: skip


def test_staff_must_be_there_together_for_the_longest_task() -> None:
    brief = staffed(("08:00", "10:00"), ("09:30", "17:00"))
    assert "no_common_hours" in reason(brief, at(8, 1))
    assert "no_common_hours" in reason(brief, at(12, 1))
    assert infusions(brief) == set()
    enough = staffed(("08:00", "10:30"), ("09:30", "17:00"))
    assert {time % 86_400_000 for time in infusions(enough)} == {8 * 3_600_000}


def test_hours_over_midnight_end_on_the_next_date() -> None:
    night = staffed(("14:00", "02:00"), ("00:00", "00:00"))
    assert {time % 86_400_000 for time in infusions(night)} == {12 * 3_600_000}


def test_who_has_no_hours_is_there_all_day() -> None:
    free = staffed(("00:00", "00:00"), ("08:00", "08:00"))
    assert infusions(free) == infusions(built(at_risk=False))
