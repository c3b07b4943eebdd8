"""The shortage of 2022 and 2023: the list of those who wait follows the published dates."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from doseline.io.folder import load
from doseline.io.replications import Store
from doseline.study.replications.executors import InProcess
from doseline.study.replications.scenario import YearsScenario
from doseline.study.replications.simulate import Period, simulate_years
from doseline.study.replications.sweep import Asked

ROOT = Path(__file__).parents[2]

STOP = date(2022, 5, 5), date(2022, 6, 15)
HALTED = date(2023, 2, 27), date(2023, 4, 23)
ACCEPTED = date(2023, 6, 9)
RESOLVED = date(2023, 10, 27)


@pytest.fixture(scope="module")
def weeks(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """Mean of three replications by week: when, and a column a measure and kind."""
    found, _ = simulate_years(
        load(ROOT / "examples" / "shortage-2022"),
        [YearsScenario()],
        Period(years=2.25),
        Asked(seed=1, replications=3),
        store=Store(tmp_path_factory.mktemp("shortage") / "out"),
        executor=InProcess(),
    )
    rows = found.estimates.filter(
        pl.col("measure").is_in(["waiting", "served"]), pl.col("when").is_not_null()
    )
    return rows.with_columns(name=pl.col("measure") + "_" + pl.col("of")).pivot(
        "name", index="when", values="mean"
    )


def _mean(weeks: pl.DataFrame, name: str, first: date, last: date) -> float:
    return float(weeks.filter(pl.col("when").is_between(first, last))[name].to_numpy().mean())


def _most(weeks: pl.DataFrame) -> float:
    return float(weeks["waiting_new"].to_numpy().max())


def test_nothing_is_infused_while_the_one_line_stands(weeks: pl.DataFrame) -> None:
    # Orders of the last week before it, from Monday 2 May, may still be infused.
    stood = weeks.filter(pl.col("when").is_between(date(2022, 5, 9), date(2022, 6, 12)))
    assert not stood.select("served_new", "served_continuing").to_numpy().any()
    assert _mean(weeks, "waiting_new", date(2022, 6, 6), STOP[1]) > 5.0


def test_new_starts_nearly_end_while_courses_go_on(weeks: pl.DataFrame) -> None:
    before = _mean(weeks, "served_new", date(2022, 9, 1), date(2022, 12, 31))
    assert _mean(weeks, "served_new", date(2023, 2, 27), date(2023, 3, 31)) < 0.6 * before
    going_on = _mean(weeks, "served_continuing", *HALTED)
    assert going_on > 0.7 * _mean(weeks, "served_continuing", date(2022, 11, 1), date(2022, 12, 31))


def test_the_second_wave_is_larger_and_has_its_top_as_the_second_line_opens(
    weeks: pl.DataFrame,
) -> None:
    top = weeks.sort("waiting_new", descending=True)["when"][0]
    assert date(2023, 3, 20) <= top <= ACCEPTED
    first_wave = _most(weeks.filter(pl.col("when") < date(2022, 8, 1)))
    assert _most(weeks) > 2 * first_wave


def test_the_list_is_gone_by_the_day_it_was_called_resolved(weeks: pl.DataFrame) -> None:
    top = _most(weeks)
    after = _mean(weeks, "waiting_new", date(2023, 9, 1), RESOLVED)
    assert after < top / 4
    # What waits on a Monday is then what is ordered for that week.
    served = _mean(weeks, "served_new", date(2023, 9, 1), RESOLVED)
    assert served == pytest.approx(after, rel=0.25)
