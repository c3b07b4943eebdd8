"""What people see: on narrow and wide terminals, in pipes, without colour."""

from __future__ import annotations

import os
import pty
import re
import struct
import subprocess
import termios
from fcntl import ioctl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cli.shell import DOSELINE, ROOT, TINY, doseline, environment

from doseline.cli.layout import cells, padded, table_lines, wrapped
from doseline.cli.progress import ENOUGH, Pace, time_left
from doseline.cli.screen import Words, number

STYLE = re.compile(r"\x1b\[[0-9;]*m")
TEXTS = st.text(alphabet="ab-> 1,.患者排期，。（）", max_size=60)


def _terminal(*arguments: str, columns: int, **changed: str) -> str:
    """Everything that a command shows on a terminal of so many columns."""
    ours, theirs = pty.openpty()
    ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    process = subprocess.Popen(
        [DOSELINE, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        env=environment(**changed),
        cwd=ROOT,
    )
    os.close(theirs)
    shown = b""
    # A terminal whose other side is closed answers with an error on Linux.
    while chunk := _read(ours):
        shown += chunk
    os.close(ours)
    assert process.wait() == 0
    return shown.decode("utf-8")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""


SCREENS = [
    ("--help",),
    ("run", "--help"),
    ("check", str(TINY)),
    ("options", str(TINY)),
    ("options", str(TINY), "--refused"),
    ("decay", "5 MBq", "Ra-223", "--after", "3d", "--chain"),
]


@pytest.mark.parametrize("arguments", SCREENS, ids=" ".join)
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("columns", [80, 140])
def test_no_line_is_wider_than_the_terminal(
    arguments: tuple[str, ...], lang: str, columns: int
) -> None:
    shown = _terminal(*arguments, columns=columns, TERM="xterm-256color", DOSELINE_LANG=lang)
    # A path cannot be broken.
    lines = [line for line in STYLE.sub("", shown).splitlines() if str(TINY) not in line]
    assert max(cells(line) for line in lines) <= columns


def test_a_terminal_shows_bold_type_unless_told_not_to() -> None:
    call = ("options", str(TINY))
    assert STYLE.search(_terminal(*call, columns=100, TERM="xterm-256color"))
    assert not STYLE.search(_terminal(*call, columns=100, TERM="xterm-256color", NO_COLOR="1"))
    assert not STYLE.search(_terminal(*call, columns=100, TERM="dumb"))
    assert not STYLE.search(doseline(*call, TERM="xterm-256color").stdout)


def test_times_have_their_offset_and_money_its_currency() -> None:
    shown = doseline("options", TINY, "--site", "middle").stdout
    assert "Cost per dose, USD" in shown
    times = re.findall(r"\d{2}:\d{2}", shown)
    assert times
    assert len(re.findall(r"\d{2}:\d{2}[+-]\d{2}:\d{2}", shown)) == len(times) / 2


def test_options_are_listed_by_their_infusion() -> None:
    shown = doseline("options", TINY, "--site", "near", "--product", "lu-psma").stdout
    days = re.findall(r"^\w{3} (\d{4}-\d{2}-\d{2}) ", shown, flags=re.MULTILINE)
    assert len(days) > 2
    assert days == sorted(days)


def test_a_run_begins_to_talk_at_once_and_only_on_stderr() -> None:
    done = doseline("value", TINY, "--pairs", "2", "--link", "transport", "--workers", "1")
    assert done.stderr.startswith(f"Reading {TINY}\n")
    assert "Building delivery options" in done.stderr
    assert "Reading" not in done.stdout


def test_quiet_says_nothing_but_the_answer() -> None:
    quiet = ("--quiet", "--workers", "1")
    assert doseline("value", TINY, "--pairs", "2", "--link", "transport", *quiet).stderr == ""


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [(58.0, 1, "58"), (0.5, 2, "0.5"), (-0.04, 1, "0"), (1234567, 0, "1,234,567"), (12.5, 0, "12")],
)
def test_numbers_have_a_leading_zero_and_no_trailing_ones(
    value: float, decimals: int, shown: str
) -> None:
    assert number(value, decimals) == shown


def test_a_gain_carries_its_sign_and_nothing_does_not() -> None:
    assert number(1.25, sign=True) == "+1.2"
    assert number(-3, sign=True) == "-3"
    assert number(0.01, sign=True) == "0"


@given(TEXTS, st.integers(2, 40))
def test_wrapping_keeps_every_letter_within_the_width(text: str, width: int) -> None:
    lines = wrapped(text, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    # A mark that may not begin a line of Chinese stays with the one before it.
    assert all(cells(line) <= width or line[-1] in "，。）" for line in lines)


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=5), st.integers(20, 200))
def test_a_table_fits_and_keeps_its_rule(rows: list[tuple[str, str]], width: int) -> None:
    lines = table_lines(["a", "环节"], rows, width=width)
    rule = next(line for line in lines if line.startswith("─"))
    assert cells(rule) <= width


def test_numbers_stand_to_the_right() -> None:
    lines = table_lines(["name", "n"], [["a", "1"], ["b", "100"]], width=40)
    assert lines[2:] == ["a       1", "b     100"]


def test_wide_letters_count_twice() -> None:
    assert (cells("核素"), padded("核素", 6)) == (4, "核素  ")


def test_no_time_left_is_told_until_it_is_known() -> None:
    clock = iter(range(0, 1000, 2))
    pace = Pace(now=lambda: float(next(clock)))
    assert pace.left_s("stage_prepared", 1, 20) is None
    assert pace.left_s("stage_planned", 2, 20) is None
    early = [pace.left_s("stage_seeds", 3 + step, 20) for step in range(ENOUGH)]
    assert early == [None] * ENOUGH
    # Two seconds a step, and so many steps left.
    done = 3 + ENOUGH
    assert pace.left_s("stage_seeds", done, 20) == pytest.approx(2.0 * (20 - done))


@pytest.mark.parametrize(
    ("left_s", "told"),
    [
        (None, ""),
        (0.2, ", a moment left"),
        (44.7, ", about 45 s left"),
        (600, ", about 10 min left"),
    ],
)
def test_the_time_left_is_told_in_a_unit_of_its_size(left_s: float | None, told: str) -> None:
    assert time_left(left_s, Words("en")) == told
