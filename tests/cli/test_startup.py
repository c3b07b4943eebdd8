"""Help and version start without what only work needs."""

from __future__ import annotations

import subprocess
import sys

import pytest
from tests.cli.shell import ROOT, doseline, environment

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


def test_the_version_is_that_of_the_package() -> None:
    from importlib.metadata import version

    assert doseline("--version").stdout == f"doseline {version('doseline')}\n"


def test_no_arguments_show_the_help() -> None:
    assert doseline().stdout == doseline("--help").stdout
