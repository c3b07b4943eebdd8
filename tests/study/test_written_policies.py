"""Policies that a user writes: read, refused by a sentence, and the same on both engines."""

from __future__ import annotations

import pickle
import sys
from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from tests.cli.shell import ROOT, TINY

from doseline.io.folder import load
from doseline.simulate.engine.errors import PolicyNotCompiledError
from doseline.study.replications.job import replication_bytes, replication_name
from doseline.study.replications.policies import BUILT_IN, PolicyNames, failures_told
from doseline.study.replications.scenario import YearsScenario, scenario_from
from doseline.study.replications.simulate import Period, YearsSource, sources_of
from doseline.study.replications.written import (
    NoSuchPolicyError,
    PolicyAnswerError,
    PolicyBrokenError,
    PolicyFailedError,
    PolicyParametersError,
    PolicyUnreadableError,
    function_of,
    written_policy,
)

if TYPE_CHECKING:
    from pathlib import Path

    from doseline.errors import DoselineError

LOCAL = ROOT / "examples" / "policies" / "local.py"
PRIORITY = "kind, waited, attempts, week, draw"


def _file(folder: Path, text: str) -> Path:
    path = folder / "mine.py"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("kind", "text", "error", "said"),
    [
        ("priority", "def f(:\n", PolicyBrokenError, "SyntaxError"),
        ("priority", "1 / 0\n", PolicyBrokenError, "ZeroDivisionError"),
        ("priority", "raise SystemExit(3)\n", PolicyBrokenError, "SystemExit"),
        ("priority", "import no_such_module\n", PolicyBrokenError, "no_such_module"),
        ("priority", "def turns(): pass\n", NoSuchPolicyError, "its functions: turns"),
        ("priority", "from math import floor as f\n", NoSuchPolicyError, "no function 'f'"),
        ("priority", "f = 3\n", NoSuchPolicyError, "no function 'f'"),
        ("priority", "def f(a): return 0.0\n", PolicyParametersError, f"5 parameters: {PRIORITY}"),
        ("batch", "def f(a, b, c, d, e): return True\n", PolicyParametersError, "4 parameters"),
        ("priority", f"def f({PRIORITY}, x=1): return 0.0\n", PolicyParametersError, "5 param"),
        ("priority", f"\ndef f({PRIORITY}): return 1 / attempts\n", PolicyFailedError, "mine.py:2"),
        ("priority", f"def f({PRIORITY}): raise SystemExit(0)\n", PolicyFailedError, "SystemExit"),
        ("priority", f"def f({PRIORITY}): return 'x'\n", PolicyAnswerError, "'x', allowed: a num"),
        ("priority", f"def f({PRIORITY}): return float('nan')\n", PolicyAnswerError, "answers nan"),
        ("ordering", "def f(a, b, c): return 0.5\n", PolicyAnswerError, "a whole number"),
        ("batch", "def f(a, b, c, d): return None\n", PolicyAnswerError, "True or False"),
        (
            "site-choice",
            "def f(a, b, c, d, e): b[0] = 9; return 0\n",
            PolicyFailedError,
            "read-only",
        ),
        ("site-choice", "def f(a, b, c, d, e): return a[3]\n", PolicyFailedError, "IndexError"),
    ],
)
def test_each_fault_is_a_sentence(
    tmp_path: Path, kind: str, text: str, error: type[DoselineError], said: str
) -> None:
    with pytest.raises(error, match=r"^Policy ") as found:
        written_policy(kind, f"{_file(tmp_path, text)}:f")
    assert said in str(found.value)
    again = pickle.loads(pickle.dumps(found.value))  # noqa: S301 - our own
    assert (str(again), vars(again)) == (str(found.value), vars(found.value))


def test_a_file_that_is_not_there_or_is_no_text(tmp_path: Path) -> None:
    with pytest.raises(PolicyUnreadableError, match="No such file"):
        written_policy("priority", f"{tmp_path / 'none.py'}:f")
    (tmp_path / "binary.py").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PolicyUnreadableError, match="UTF-8"):
        written_policy("priority", f"{tmp_path / 'binary.py'}:f")


@pytest.mark.parametrize(
    ("kind", "name", "facts", "answer"),
    [
        ("priority", "turns", (0, 30.0, 0, 8, 0.5), -1e7 - 30),
        ("priority", "turns", (1, 30.0, 0, 8, 0.5), -30.0),
        ("priority", "turns", (1, 30.0, 0, 9, 0.5), -1e7 - 30),
        ("ordering", "quietest_of_three", (0, [4.0, 2.0, 1.0, 0.0], 3.0), 2),
        ("ordering", "quietest_of_three", (1, [4.0, 2.0, 1.0, 0.0], 3.0), 0),
        ("batch", "three_or_two_weeks", (2, 9.0, 7.0, 1), False),
        ("batch", "three_or_two_weeks", (2, 9.0, 14.0, 1), True),
        ("site-choice", "near_unless_long", ([1, 9], [1.0, 1.0], [4.0, 3.0], [1, 1], 0.1), 1),
        ("site-choice", "near_unless_long", ([1, 9], [1.0, 1.0], [4.0, 5.0], [1, 1], 0.1), 0),
        ("site-choice", "near_unless_long", ([1, 9], [1.0, 1.0], [0.0, 0.0], [0, 0], 0.1), -1),
    ],
)
def test_the_examples_do_as_they_say(
    kind: str, name: str, facts: tuple[object, ...], answer: float
) -> None:
    assert function_of(kind, written_policy(kind, f"{LOCAL}:{name}"))(*facts) == answer


def _sources(text: str, engine: str) -> list[YearsSource]:
    scenarios = [YearsScenario(), scenario_from(text, YearsScenario())]
    return sources_of(load(TINY), scenarios, Period(years=0.7), engine=engine)


def test_engines_agree_and_a_change_of_the_file_makes_new_replications(tmp_path: Path) -> None:
    mine = _file(tmp_path, LOCAL.read_text(encoding="utf-8"))
    text = (
        f"ours:priority={mine}:turns,ordering={mine}:quietest_of_three,"
        f"batch={mine}:three_or_two_weeks,site-choice={mine}:near_unless_long"
    )
    compiled, plain = _sources(text, "compiled"), _sources(text, "plain")
    told = [replication_bytes(one, 3) for one in compiled]
    for ours, theirs in zip(compiled, plain, strict=True):
        # Logarithms of Python and of machine code may differ in the last bit.
        assert_frame_equal(ours.told(3), theirs.told(3), rel_tol=1e-12, abs_tol=1e-12)
    assert told[0] != told[1]
    # The file is part of the job, and not needed by who works on it.
    mine.unlink()
    function_of.cache_clear()
    sent = pickle.loads(pickle.dumps(compiled[1]))  # noqa: S301 - our own
    assert replication_bytes(sent, 3) == told[1]
    _file(tmp_path, LOCAL.read_text(encoding="utf-8") + "\n# changed\n")
    names = {replication_name(one, 3) for one in (*compiled, *_sources(text, "compiled"))}
    assert len(names) == 3


@pytest.mark.parametrize("engine", ["compiled", "plain"])
def test_what_a_policy_raises_in_the_middle_ends_the_run(tmp_path: Path, engine: str) -> None:
    late = f"def f({PRIORITY}):\n    if week > 6:\n        raise ValueError('no')\n    return -waited\n"
    source = _sources(f"ours:priority={_file(tmp_path, late)}:f", engine)[1]
    with pytest.raises(PolicyFailedError, match=r"priority: the function mine.py:f fails.*no"):
        source.told(3)


def test_the_plain_engine_needs_no_compiler(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = f"SEEN = []\ndef f({PRIORITY}):\n    SEEN.append(week)\n    return -waited\n"
    plain = _sources(f"ours:priority={_file(tmp_path, source)}:f", "plain")
    for name in [one for one in sys.modules if one.partition(".")[0] == "numba"]:
        monkeypatch.setitem(sys.modules, name, None)
    assert plain[1].told(3).height > 0


def test_other_errors_that_cannot_be_raised_are_told_as_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heard: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", heard.append)

    class Fails:
        def __del__(self) -> None:
            raise RuntimeError

    names = PolicyNames(priority=written_policy("priority", f"{LOCAL}:turns"))
    with failures_told(names):
        Fails()
    assert len(heard) == 1


def test_every_name_is_a_policy_of_the_engine() -> None:
    for kind, names in BUILT_IN.items():
        for name in names:
            chosen = PolicyNames(**{kind.replace("-", "_"): name}).policies()  # type: ignore[arg-type]
            field = kind.replace("scanner", "station").replace("-", "_")
            assert getattr(chosen, field) is names[name]


def test_an_end_of_an_array_is_found_by_the_compiled_engine(tmp_path: Path) -> None:
    far = "def f(kind, listed, size):\n    return int(listed[8]) if listed[0] == 1.0 else 0\n"
    source = _sources(f"ours:ordering={_file(tmp_path, far)}:f", "compiled")[1]
    with pytest.raises(PolicyFailedError, match="IndexError"):
        source.told(3)


def test_a_score_that_becomes_no_number_waits_on_both_engines(tmp_path: Path) -> None:
    late = f"import math\ndef f({PRIORITY}):\n    return math.nan if week > 30 else -waited\n"
    text = f"ours:priority={_file(tmp_path, late)}:f"
    ours, theirs = (_sources(text, engine)[1].told(3) for engine in ("compiled", "plain"))
    assert_frame_equal(ours, theirs, rel_tol=1e-12, abs_tol=1e-12)
    after = ours.filter(pl.col("measure") == "served", pl.col("when") > date(2026, 11, 1))
    assert after["value"].sum() == 0.0


def test_whatever_the_compiler_trips_over_is_told_of_the_function(tmp_path: Path) -> None:
    text = f"def f({PRIORITY}):\n    return float(str(waited))\n"
    with pytest.raises(PolicyNotCompiledError, match=r"priority: the function mine.py:f cannot"):
        _sources(f"ours:priority={_file(tmp_path, text)}:f", "compiled")
