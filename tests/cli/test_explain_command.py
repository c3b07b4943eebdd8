"""``doseline explain`` as the planner of a site or maker uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator
from tests.cli.shell import TINY, answer, doseline, is_chinese

from doseline.cli.contract import SCHEMAS
from doseline.cli.explain_words import amount, fact_words, instant_words, where_words
from doseline.cli.screen import Words
from doseline.io.text import messages
from doseline.plan.explain.explanation import Fact
from doseline.plan.explain.told import FIXED, UNITS
from doseline.plan.limits.rows import LINK_OF_LIMIT

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("explain") / "week"
    assert doseline("plan", TINY, "-o", folder, "-q").returncode == 0
    return folder


def test_the_possession_limit_leaves_a_dose(week: Path) -> None:
    done = doseline("explain", week, "o5", "--json")
    found = answer(done)
    Draft202012Validator(SCHEMAS["explain"]).validate(found)
    assert (done.returncode, done.stderr, found["status"]) == (0, "", "conflict")
    (fact,) = found["conflict"]["facts"]
    assert found["conflict"]["irreducible"]
    # 15 GBq less the stock, decayed; o6's vial of 7.4 GBq x 2^(9 h / 159.463 h) lies there.
    assert fact["where"]["at"] == "Mon 2026-05-04 23:00-06:00"
    assert fact["used"] == pytest.approx(7.4 * 2 ** (9 / 159.463), rel=1e-4)
    assert (fact["users"], fact["fixed"]) == (["o6"], True)
    assert found["near"][0]["found"]["lost"] == ["o6"]
    assert found["whole_week"]


def test_no_two_other_plans_read_alike(week: Path) -> None:
    # The two slots of a day differ by their hour alone.
    hours = ["Tue 2026-05-05 08:00-06:00", "Tue 2026-05-05 10:00-06:00"]
    near = answer(doseline("explain", week, "o5", "--json"))["near"]
    assert [(one["suite"], one["infuse"]) for one in near] == [("middle-1", at) for at in hours]
    shown = doseline("explain", week, "o5").stdout
    assert all(f"psma-mon  middle-1, {at}" in shown for at in hours)


def test_another_day_is_a_repair_that_was_solved_again(week: Path) -> None:
    found = answer(doseline("explain", week, "o8", "--json"))
    Draft202012Validator(SCHEMAS["explain"]).validate(found)
    assert found["refused"][0]["where"]["check"] == "product_not_licensed_at_site"
    repair = found["repairs"][0]
    assert (repair["kind"], repair["day"], repair["lost"]) == ("window", "2026-05-06", [])
    assert repair["moved"][0]["order"] == "o8"
    assert repair["moved"][0]["after"]["day"] == "2026-05-06"


def test_the_screen_says_what_to_do_next(week: Path) -> None:
    shown = doseline("explain", week, "o8").stdout
    assert "o8 (new start, lu-psma for far, 2026-05-07 to 2026-05-07) is not served" in shown
    assert "infuse it on 2026-05-06, beyond its window" in shown
    assert "Next, for example: infuse it on 2026-05-06" in shown
    shown = doseline("explain", week, "o5").stdout
    assert "possession limit (law, physics or published rule)" in shown
    assert f"doseline headroom {week}/network middle --from 2026-05-11" in shown
    later = doseline("headroom", week / "network", "middle", "--from", "2026-05-11")
    assert later.returncode == 0


def test_a_served_order_says_what_it_gets(week: Path) -> None:
    shown = doseline("explain", week, "o1").stdout
    assert "is served: batch psma-mon of line-a, by line-a>near" in shown


@pytest.mark.parametrize("order", ["o1", "o5", "o8"])
def test_everything_is_told_in_chinese(week: Path, order: str) -> None:
    shown = doseline("--lang", "zh", "explain", week, order).stdout
    lines = [line for line in shown.splitlines() if line.strip("─ ")]
    assert all(is_chinese(line) for line in lines), shown


def test_bad_names_are_sentences(week: Path, tmp_path: Path) -> None:
    done = doseline("explain", week, "o55")
    assert done.returncode == 2
    assert "no order 'o55'" in done.stderr
    assert "o5" in done.stderr.splitlines()[-1]
    assert is_chinese(doseline("--lang", "zh", "explain", week, "o55").stderr)
    done = doseline("explain", tmp_path, "o5", "--json")
    assert answer(done)["error"]["code"] == "no_plan"


def test_every_kind_of_limit_has_words() -> None:
    for kind in {*LINK_OF_LIMIT, *UNITS, *FIXED}:
        assert f"explain.kind.{kind}" in messages(), kind
    for unit in UNITS.values():
        assert f"explain.unit.{unit}" in messages(), unit


def test_the_activity_of_a_small_vial_is_not_rounded_away() -> None:
    # 8.4 MBq, as of a vial of actinium; what is more than a GBq keeps two digits.
    told = [amount(value, "GBq", Words("en")) for value in (0.0084, 0.00004, 7.695, 14.0)]
    assert told == ["0.0084 GBq", "0 GBq", "7.7 GBq", "14 GBq"]


def test_an_unknown_kind_is_told_by_its_name() -> None:
    fact = Fact(number=0, kind="lift_weight", where={"site": "A", "key": "3|x"})
    for lang in ("en", "zh"):
        words = Words(lang)
        assert fact_words(fact, words) == "lift weight"
        assert "3|x" in where_words(fact, words)
    assert instant_words("Mon 2026-05-04 23:00-06:00", Words("zh")).startswith("周一 2026")
