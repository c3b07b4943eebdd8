"""What targets measure, counted by hand; files of targets and what is wrong with them."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from tests.study.networks import references, tiny
from tests.study.years_made import arrivals_made, outcome_made, waits_made

from doseline.model.ledger import LINKS
from doseline.model.variants import apply_variant
from doseline.simulate.engine.outcome import Fate
from doseline.study.calibrate.errors import BadTargetsError
from doseline.study.calibrate.measures import measured
from doseline.study.calibrate.read import NoTargetsError, read_targets
from doseline.study.calibrate.result import variants_of
from doseline.study.calibrate.simulator import with_variants
from doseline.study.calibrate.store import variants_toml
from doseline.study.calibrate.targets import Z90, Target
from doseline.study.prepare import prepare
from doseline.study.years.world import Years, world_of

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """
[[unknowns]]
name = "delays"
factor = "pathways.median_days"
prior = "lognormal"
low = 0.5
high = 2.0
source = "assumption"
[[targets]]
name = "days"
what = "median_days"
value = 70
low = 60
high = 80
use = "calibration"
source = "made up"
"""


def asked(what: str, **more: Any) -> Target:
    facts: dict[str, Any] = {"name": what, "value": 1.0, "error": 1.0, "use": "calibration"}
    return Target(what=what, source="x", **facts, **more)


@pytest.fixture(scope="module")
def years() -> Years:
    prepared = prepare(tiny(), references())
    found = world_of(prepared, years=3.0, warm_up_weeks=10)
    # Everyone is eligible, so that each patient can be counted by hand.
    path = dataclasses.replace(found.path, passes=np.ones_like(found.path.passes))
    return dataclasses.replace(found, path=path)


def test_each_measure_by_hand(years: Years) -> None:
    first, _ = years.calendar.cohort_days
    day = first + np.array([0.0, 1.0, 2.0, 3.0, -7.0])
    arrivals = arrivals_made(day.tolist())
    dosed = day + np.array([30.0, 50.0, np.inf, 100.0, 8.0])
    wait = np.zeros((5, len(LINKS)))
    wait[:, LINKS.index("transport")] = [7.0, 14.0, 99.0, 21.0, 50.0]
    fate = np.array([Fate.TREATED, Fate.TREATED, Fate.LEFT, Fate.TREATED, Fate.TREATED])
    outcome = outcome_made(
        5,
        fate=fate,
        fate_day=np.where(fate == Fate.LEFT, day + 20.0, dosed),
        first_dose_day=dosed,
        doses=np.array([1, 4, 0, 6, 9]),
        waits=waits_made(wait),
    )
    monday = years.calendar.date_of(first) + timedelta(days=7)
    targets = {
        # The last patient comes in the warm-up; the third is never treated.
        asked("median_days"): 50.0,
        asked("mean_days"): 60.0,
        asked("mean_days", links=("transport",)): 14.0,
        asked("share_within", within_days=50.0): 0.5,
        asked("share_treated"): 0.75,
        asked("median_doses"): 4.0,
        asked("mean_doses"): 11.0 / 3.0,
        # A week into the cohort all four of it wait.
        asked("waiting", on=monday): 4.0,
        asked("doses_per_year"): 20.0 * 365.25 / years.world.horizon,
    }
    found = measured(years, arrivals, outcome, tuple(targets), seed=1)
    assert found == pytest.approx(list(targets.values()))
    twice = measured(years, arrivals, outcome, tuple(targets), seed=1, scale=2.0)
    assert (twice[:-2] == found[:-2]).all()
    assert twice[-2:] == pytest.approx(found[-2:] / 2.0)


def test_nobody_tells_nothing(years: Years) -> None:
    found = measured(years, arrivals_made([0.0]), outcome_made(1), (asked("mean_days"),), seed=1)
    assert np.isnan(found).all()


def test_a_file_of_targets_is_read(tmp_path: Path) -> None:
    file = tmp_path / "targets.toml"
    file.write_text(GOOD, encoding="utf-8")
    read = read_targets(file, tiny())
    assert read.unknowns[0].middle == pytest.approx(1.0)
    assert read.targets[0].error == pytest.approx(20.0 / (2.0 * Z90))
    assert read.used_for("calibration") == (0,)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("pathways.median_days", "pathways.median_day", "a column of numbers"),
        ("lognormal", "normal", "lognormal, uniform"),
        ("low = 0.5", "low = 0", "a number above 0"),
        ("high = 2.0", "high = 0.4", "above low"),
        ('"median_days"', '"days"', "median_days, mean_days"),
        ("low = 60", "low = 75", "a range from low to high that holds the value"),
        ('use = "calibration"', 'use = "validation"', "'calibration' for one target"),
        ("value = 70", "value = 70\nlinks = ['nowhere']", "links, for days only"),
        ("value = 70", "value = 70\nlinks = 3", "links, for days only"),
        ("value = 70", "value = 70\nproduct = 'none'", "lu-psma"),
        ("value = 70", "value = true", "a number"),
        ("value = 70", "value = nan", "a number"),
        ("value = 70", "valeu = 70", "name, what, value"),
        ("value = 70", "value = 70\nwithin_days = 3", "only with share_within"),
        ("[[targets]]", "[targets]", "one section [[targets]] or more"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(tmp_path: Path, old: str, new: str, said: str) -> None:
    file = tmp_path / "targets.toml"
    file.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(BadTargetsError) as error:
        read_targets(file, tiny())
    assert said in str(error.value)


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    file = tmp_path / "targets.toml"
    bad = GOOD.replace("lognormal", "normal").replace("low = 0.5", "low = 'x'")
    file.write_text(bad.replace("value = 70", "valeu = 70"), encoding="utf-8")
    with pytest.raises(BadTargetsError) as error:
        read_targets(file, tiny())
    places = [one.place for one in error.value.faults]
    assert places == ["unknowns 1 prior", "unknowns 1 low", "targets 1 field", "targets 1 value"]
    assert str(file) in str(error.value)


def test_no_file_and_no_toml_are_said(tmp_path: Path) -> None:
    with pytest.raises(NoTargetsError, match=r"none\.toml"):
        read_targets(tmp_path / "none.toml", tiny())
    (tmp_path / "bad.toml").write_text("= 3", encoding="utf-8")
    with pytest.raises(NoTargetsError, match=r"bad\.toml"):
        read_targets(tmp_path / "bad.toml", tiny())


def test_draws_become_variants_that_a_network_takes() -> None:
    draws = pl.DataFrame({"draw": [0, 1], "delays": [2.0, 0.5]})
    variants = variants_of(draws, {"delays": "pathways.median_days"}, 2)
    network = with_variants(tiny(), variants)
    assert network.digest == tiny().digest
    name = next(iter(variants))
    before = tiny().frame("pathways")["median_days"]
    assert apply_variant(network, name).frame("pathways")["median_days"].equals(2.0 * before)
    assert f"[variants.{name}]" in variants_toml(variants)
    assert '"pathways.median_days" = 2.0' in variants_toml(variants)
