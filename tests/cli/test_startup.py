"""Help and version start without what only work needs."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from tests.cli.shell import ROOT, doseline, environment

from doseline.cli.app import COMMANDS, build

if TYPE_CHECKING:
    from pathlib import Path

HEAVY = ("polars", "numpy", "highspy", "altair", "rich", "jinja2", "vl_convert", "yaml")

_PROGRAM = """
import sys
sys.argv = ["doseline", *{arguments!r}]
from doseline.cli import main
try:
    main()
except SystemExit:
    pass
sys.stderr.write(" ".join(name for name in {heavy!r} if name in sys.modules))
"""


def _loaded(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env=environment(),
        cwd=ROOT,
    )
    return done.stderr


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["run", "--help"], ["nonsense"], []], ids=" ".join
)
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    said = _loaded(_PROGRAM.format(arguments=arguments, heavy=HEAVY))
    assert not [name for name in HEAVY if name in said.split()]


def test_the_import_loads_nothing_heavy() -> None:
    program = f"import doseline, sys\nsys.stderr.write(' '.join(n for n in {HEAVY!r} if n in sys.modules))"
    assert _loaded(program) == ""


def test_who_asks_about_a_plan_waits_for_no_rules_and_no_reading_of_cells(tmp_path: Path) -> None:
    plan = tmp_path / "plan"
    doseline("plan", "examples/tiny", "-o", str(plan), "-q")
    heavy = ("doseline.rules", "doseline.io.folder", "doseline.routes.options", "yaml", "altair")
    said = _loaded(_PROGRAM.format(arguments=["explain", str(plan), "o5"], heavy=heavy))
    assert said == ""


@pytest.mark.parametrize("named", [["explain", "x"], ["rules", "list"]])
def test_only_the_command_that_is_asked_for_is_made(named: list[str]) -> None:
    assert list(build("en", named).commands) == [" ".join(named).removesuffix(" x")]
    assert list(build("en", ["rules"]).commands) == list(build("en").commands) == list(COMMANDS)


def test_the_version_is_that_of_the_package() -> None:
    from importlib.metadata import version

    assert doseline("--version").stdout == f"doseline {version('doseline')}\n"


def test_no_arguments_show_the_help() -> None:
    assert doseline().stdout == doseline("--help").stdout
