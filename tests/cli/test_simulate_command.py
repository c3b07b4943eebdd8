"""``doseline simulate`` as a planner uses it."""

from __future__ import annotations

import contextlib
import os
import re
import resource
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest
from jsonschema import Draft202012Validator
from tests.cli.shell import DOSELINE, ROOT, TINY, answer, doseline, environment, is_chinese

from doseline.cli import main
from doseline.cli.contract import SCHEMAS
from doseline.cli.errors import error_sentence
from doseline.cli.screen import Words
from doseline.errors import BadInputError, DoselineError
from doseline.io.replications import only_store
from doseline.io.tables import UnwritableFolderError
from doseline.model.ledger import CLASSES, LINKS
from doseline.study.replications.cluster import ClusterLostError
from doseline.study.replications.executors import WorkersDieError
from doseline.study.replications.scenario import base_scenario, scenario_from

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.shell import Done

ASKED = ("--years", "1", "--replications", "3", "--scenario", "lot:priority=lottery,swap=yes")
PATIENCE_S = 90
"""Time that a moment or an end may take on a busy machine. [s]"""


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Done, Path]:
    """Two scenarios of the small example in this process, and their folder."""
    out = tmp_path_factory.mktemp("simulate") / "out"
    return doseline("simulate", TINY, *ASKED, "--workers", "1", "-o", out, "--json", "-q"), out


def _files(folder: Path) -> dict[str, bytes]:
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def test_the_answer_keeps_its_schema_and_adds_up(done: tuple[Done, Path]) -> None:
    found = answer(done[0])
    Draft202012Validator(SCHEMAS["simulate"]).validate(found)
    assert (done[0].returncode, done[0].stderr) == (0, "")
    assert (found["replications"], found["seed"], found["warm_up_weeks"]) == (3, 1, 4)
    assert [one["scenario"] for one in found["scenarios"]] == ["base", "lot"]
    base = {
        (row["measure"], row["of"]): row
        for row in found["estimates"]
        if row["scenario"] == "base" and row["when"] is None
    }
    people = [base["patients", one]["mean"] for one in CLASSES]
    assert base["patients", "eligible"]["mean"] == pytest.approx(
        sum(one or 0.0 for one in people), abs=11 * people.count(None)
    )
    assert {of for measure, of in base if measure == "lost"} >= set(LINKS)
    # Groups of fewer than eleven are not told, and no single group is hidden alone.
    hidden = [of for of in CLASSES if base["patients", of]["mean"] is None]
    assert len(hidden) != 1
    assert all((base["patients", of]["mean"] or 11) >= 11 or of == "open" for of in CLASSES)


def test_differences_are_of_the_same_patients(done: tuple[Done, Path]) -> None:
    found = answer(done[0])
    base, lot = (one["share_in_time"]["mean"] for one in found["scenarios"])
    assert found["scenarios"][0]["difference"] is None
    assert found["scenarios"][1]["difference"]["mean"] == pytest.approx(lot - base)
    tables = pl.read_parquet(done[1] / "tables" / "differences.parquet")
    same = tables.filter(pl.col("measure").is_in(["arrivals"]))
    assert same["mean"].to_list() == [0.0]


def test_the_page_is_whole_and_in_both_languages(done: tuple[Done, Path]) -> None:
    page = (done[1] / "simulate.html").read_text(encoding="utf-8")
    for words in ("Years of Tiny", "多年模拟", "STRESS", "Seeds 1 to 3", "warm-up", "预热"):
        assert words in page
    assert page.count("<svg xmlns") >= 4
    for target in set(re.findall(r'href="#([^"]+)"', page)):
        assert f'id="{target}"' in page
    for head in re.findall(r'<th scope="col" class="n">(.*?)</th>', page):
        assert 'href="#def-' in head


def test_two_processes_write_the_same_files(done: tuple[Done, Path], tmp_path: Path) -> None:
    out = tmp_path / "out"
    again = doseline("simulate", TINY, *ASKED, "--workers", "2", "-o", out, "--json", "-q")
    assert again.returncode == 0
    assert _files(out) == _files(done[1])


@pytest.fixture
def running(done: tuple[Done, Path], tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """The same on two workers, under way; the engine has been compiled."""
    assert done[0].returncode == 0
    process = subprocess.Popen(
        [DOSELINE, "simulate", str(TINY), *ASKED, "-o", str(tmp_path / "out")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
        cwd=ROOT,
        start_new_session=True,
    )
    until = time.monotonic() + PATIENCE_S
    while len(list((tmp_path / "out").glob("replications/[!.]*.parquet"))) < 1:
        assert time.monotonic() < until
        time.sleep(0.01)
    yield process
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=PATIENCE_S)


def test_a_killed_run_goes_on_with_the_same_command(
    running: subprocess.Popen[str], done: tuple[Done, Path], tmp_path: Path
) -> None:
    running.kill()
    running.wait(timeout=PATIENCE_S)
    assert not (tmp_path / "out" / "simulate.html").exists()
    assert doseline("simulate", TINY, *ASKED, "-o", tmp_path / "out", "-q").returncode == 0
    assert _files(tmp_path / "out") == _files(done[1])
    assert [one.name for one in tmp_path.iterdir()] == ["out"]


def test_a_second_command_in_the_same_folder_is_told_so(tmp_path: Path) -> None:
    with only_store(tmp_path / "out"):
        second = doseline("simulate", TINY, *ASKED, "-o", tmp_path / "out", "-q")
    assert second.returncode == 2
    assert "Another command is writing replications to" in second.stderr
    assert "Traceback" not in second.stderr


def test_ctrl_c_says_what_is_kept(running: subprocess.Popen[str], tmp_path: Path) -> None:
    os.killpg(running.pid, signal.SIGINT)
    _, said = running.communicate(timeout=PATIENCE_S)
    assert running.returncode == 130, said
    assert "Traceback" not in said
    assert f"Finished replications are kept in {tmp_path / 'out'}" in said
    assert list((tmp_path / "out").glob("replications/[!.]*.parquet"))


def test_the_screen_has_tables_first_and_the_next_step_last() -> None:
    asked = ("simulate", TINY, "--years", "1", "--replications", "1", "--workers", "1")
    shown = doseline(*asked).stdout
    assert "% of the eligible are treated in time" in shown.splitlines()[0]
    assert "One replication (seed 1) says nothing of its own precision" in shown
    # The command alone would simulate the default ten years.
    assert shown.splitlines()[-1].endswith("give the same command with -o FOLDER.")
    chinese = doseline("--lang", "zh", *asked, "-q").stdout
    assert all(is_chinese(line) for line in chinese.splitlines()[-3:])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--scenario", "lot:priority=lotery"), "Did you mean lottery?"),
        (("--scenario", "lot:prio=lottery"), "Did you mean priority?"),
        (("--scenario", "lot:overbook=much"), "0 to 100 percent"),
        (("--scenario", "lot"), "NAME:KEY=VALUE"),
        (("--scenario", "base:swap=yes"), "a name of its own"),
        (("--scenario", "a:swap=yes", "--scenario", "a:swap=no"), "Two scenarios are called 'a'"),
        (("--scenario", "a:variant=stres"), "no variant 'stres'"),
        (("--priority", "first"), "--priority is 'first', allowed: continuing-first"),
        (("--scenario", "a:swap=yes,swap=no"), "swap is given twice"),
        (("--scenario", "a:"), "KEY=VALUE is ''"),
        (("--priority", "none.py:turns"), "none.py cannot be read (No such file or directory)"),
        (("--batch", "examples/policies/local.py:turns"), "must take 4 parameters"),
        (("--engine", "fast"), "--engine is 'fast', allowed: compiled, plain."),
        (("--seed", "99999999999999999999999"), "--seed"),
        (("--years", "0.2"), "0.2 years are too few: each patient is followed for 26 weeks"),
        (("--years", "0.5"), "Give 0.52 or more with --years."),
        (("--precision", "0"), "--precision"),
        (("--cluster", "nonsense", "--years", "1", "--replications", "1"), "No Dask scheduler"),
    ],
)
def test_a_wrong_call_is_a_sentence(arguments: tuple[str, ...], said: str) -> None:
    done = doseline("simulate", TINY, *arguments, "-q")
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("scenario", "allowed"),
    [
        ("lot", "另取的名称，后接冒号"),
        ("lot:overbook=much", "0 至 100（百分比）"),
        ("lot:priority=lotery", "continuing-first、longest-waiting、lottery、FILE.py:FUNCTION"),
    ],
)
def test_what_is_allowed_is_told_in_one_language(scenario: str, allowed: str) -> None:
    with pytest.raises(BadInputError) as found:
        scenario_from(scenario, base_scenario("", None, {}))
    said = error_sentence(found.value, Words("zh"))
    assert f"，允许：{allowed}。" in said


def test_an_empty_value_takes_away_what_the_options_say(tmp_path: Path) -> None:
    base = base_scenario("stress", tmp_path / "rules.yaml", {})
    plain = scenario_from("plain:variant=,what-if=", base)
    assert (plain.variant, plain.what_if) == ("", None)


def test_a_disk_that_takes_no_more_is_told(tmp_path: Path) -> None:
    asked = ("--years", "0.6", "--replications", "1", "--engine", "plain", "--workers", "1")
    full = subprocess.run(
        [DOSELINE, "simulate", str(TINY), *asked, "-o", str(tmp_path / "out")],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
        # Compiled modules would be cut off, too.
        env=environment(PYTHONDONTWRITEBYTECODE="1"),
        cwd=ROOT,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4_000, 4_000)),
    )
    assert (full.returncode, full.stdout) == (2, "")
    place = tmp_path / "out" / "replications"
    assert full.stderr.endswith(
        f"{place} cannot be written: File too large. Choose another place.\n"
    )
    assert "Finished replications" not in full.stderr


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (UnwritableFolderError(Path("out"), "No space left"), "out cannot be written: No space"),
        (WorkersDieError(), "3 worker processes ended over the same replications"),
        (ClusterLostError("tcp://a:1"), "The cluster at tcp://a:1 was lost"),
    ],
)
def test_what_is_kept_is_told_when_the_end_is_not_reached(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: DoselineError,
    told: str,
) -> None:
    def cut_short(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("doseline.io.simulated.write_simulated", cut_short)
    asked = ("--years", "0.6", "--replications", "1", "--engine", "plain", "--workers", "1")
    call = ["doseline", "simulate", str(TINY), *asked, "-o", str(tmp_path / "out")]
    monkeypatch.setattr("sys.argv", call)
    with pytest.raises(SystemExit, match=str(error.exit_code)):
        main()
    said = capsys.readouterr().err.splitlines()
    assert said[-2].startswith(f"Finished replications are kept in {tmp_path / 'out'};")
    assert said[-1].startswith(told)


def test_a_file_in_the_place_of_the_replications_is_told(tmp_path: Path) -> None:
    (tmp_path / ".doseline-result").touch()
    (tmp_path / "replications").touch()
    done = doseline("simulate", TINY, *ASKED, "-o", tmp_path, "-q")
    assert done.returncode == 2
    assert f"{tmp_path / 'replications'} cannot be written: File exists." in done.stderr
