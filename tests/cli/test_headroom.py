"""``doseline headroom`` as a department sees it."""

from __future__ import annotations

import re

import pytest
from jsonschema import Draft202012Validator
from tests.cli.shell import TINY, answer, doseline, is_chinese
from tests.cli.test_screen import STYLE
from tests.cli.test_screen import _terminal as terminal

from doseline.cli.contract import SCHEMAS
from doseline.cli.layout import cells


def test_the_answer_keeps_its_schema() -> None:
    done = doseline("headroom", TINY, "near", "--json")
    found = answer(done)
    Draft202012Validator(SCHEMAS["headroom"]).validate(found)
    assert (done.returncode, done.stderr) == (0, "")
    assert (found["site"], found["start"], found["days"]) == ("near", "2026-05-04", 28)
    assert found["products"] == [{"product": "lu-psma", "earliest": "2026-05-11", "accepted": 24}]
    assert len(found["daily"]) == len(found["cumulative"]) == 28


def test_a_site_can_be_asked_for_other_days_and_without_reservations() -> None:
    asked = ("--from", "2026-05-18", "--days", "7", "--product", "lu-psma")
    kept = answer(doseline("headroom", TINY, "near", *asked, "--json"))
    free = answer(doseline("headroom", TINY, "near", *asked, "--without-reservations", "--json"))
    assert [row["day"] for row in kept["daily"]] == [f"2026-05-{day}" for day in range(18, 25)]
    assert sum(row["reserved"] for row in kept["daily"]) == 1
    assert sum(row["reserved"] for row in free["daily"]) == 0


def test_no_days_are_an_answer() -> None:
    done = doseline("headroom", TINY, "near", "--days", "0", "--json")
    found = answer(done)
    Draft202012Validator(SCHEMAS["headroom"]).validate(found)
    assert (done.returncode, found["daily"]) == (0, [])
    assert doseline("headroom", TINY, "near", "--days", "0").returncode == 0


def test_the_screen_has_calendars_reasons_and_the_next_step() -> None:
    shown = doseline("headroom", TINY, "middle").stdout
    assert "near" not in shown.splitlines()[0]
    assert "one more dose is possible from Tue 2026-05-12 on; order it by Thu 2026-05-07" in shown
    assert "if accepted on that day alone" in shown
    assert "all days together: 3" in shown
    assert re.search(r"^possession limit +6 +6 +\+3$", shown, re.MULTILINE)
    assert "What to do next: one dose more under the possession limit would let 3 more" in shown
    assert "order o6" in shown


def test_the_days_say_what_each_resource_could_take() -> None:
    shown = doseline("headroom", TINY, "near").stdout
    row = next(line for line in shown.splitlines() if line.startswith("Mon 2026-05-11"))
    # Doses, chair, four roles, possession limit, supply.
    assert row.split()[2:10] == ["1", "2", "4", "4", "4", "4", "3", "1"]
    assert row.endswith("batch is full")


@pytest.mark.parametrize("site", ["near", "far"])
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("columns", [80, 140])
def test_no_line_is_wider_than_the_terminal(site: str, lang: str, columns: int) -> None:
    call = ("headroom", str(TINY), site)
    shown = terminal(*call, columns=columns, TERM="xterm-256color", DOSELINE_LANG=lang)
    assert max(cells(line) for line in STYLE.sub("", shown).splitlines()) <= columns
    assert is_chinese(shown) == (lang == "zh")


def test_bars_are_green_unless_colour_is_refused() -> None:
    call = ("headroom", str(TINY), "near")
    assert "\x1b[32m██\x1b[0m" in terminal(*call, columns=100, TERM="xterm-256color")
    assert not STYLE.search(terminal(*call, columns=100, TERM="xterm-256color", NO_COLOR="1"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("neer",), "Did you mean near?"),
        (("near", "--product", "lu-pmsa"), "Did you mean lu-psma?"),
        (("near", "--from", "2026-02-30"), "--from"),
        (("near", "--from", "tomorrow"), "YYYY-MM-DD"),
        (("near", "--days", "-1"), "0 to 366"),
        (("near", "--days", "400"), "0 to 366"),
        ((), "SITE"),
    ],
)
def test_a_wrong_call_is_one_sentence_and_exit_code_2(
    arguments: tuple[str, ...], said: str
) -> None:
    done = doseline("headroom", TINY, *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
