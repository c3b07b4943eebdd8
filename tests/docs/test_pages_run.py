"""Whatever a page tells people to type runs, and prints what the page shows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.docs.pages import ROOT, Command, blocks, build_docs, commands, every_page, written

from doseline.cli.app import COMMANDS
from doseline.io.text import LANGUAGES, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_BETWEEN = "--- next block ---"


def test_every_page_does_what_it_shows(tmp_path: Path) -> None:
    """One folder for all pages, read in order, so that a line that stands on many runs once."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    wrong: list[str] = []
    outputs: dict[str, subprocess.CompletedProcess[str]] = {}
    for page, content in every_page().items():
        for command in _shell(page, content):
            if command.line not in outputs:
                outputs[command.line] = _run(["bash", "-c", command.line], tmp_path)
            wrong += _wrong(command.place, command.line, command.shown, outputs[command.line])
        wrong += _python(page, content, tmp_path)
    written_files = (tmp_path / "out/tiny/tables").glob("*.parquet")
    untold = sorted(path.stem for path in written_files if not _is_told(path.stem))
    wrong += [f"docs/scripts.md does not name the table {name}" for name in untold]
    assert not wrong, "\n\n".join(wrong)


def test_make_lines_name_targets_of_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    named = {
        found
        for content in written().values()
        for found in re.findall(r"(?:^|`)make ([a-z]+)", content, re.MULTILINE)
    }
    assert {"demo", "test", "install"} <= named <= targets


def test_a_help_example_is_the_same_command_in_every_language() -> None:
    for name in COMMANDS:
        told = [build_docs().examples(text(f"cli.{name}_example", lang)) for lang in LANGUAGES]
        assert told[0], f"{name} has no example"
        assert all(one == told[0] for one in told), f"{name} has other examples in another language"
        assert all(f"{one} ".startswith(f"doseline {name} ") for one in told[0])


def test_every_command_is_shown_on_a_page_that_people_write() -> None:
    lines = [one.line for page, content in written().items() for one in _shell(page, content)]
    for name in COMMANDS:
        assert any(f"doseline {name} " in line for line in lines), f"no page shows {name}"


def test_the_chinese_quickstart_is_the_english_one() -> None:
    told = [
        [
            re.sub(r" --lang zh| decay .*", "", command.line)
            for command in _shell(page, written()[page])
        ]
        for page in ("docs/quickstart.md", "docs/quickstart.zh.md")
    ]
    assert told[0] == told[1]
    assert len(told[0]) <= 12


def _is_told(table: str) -> bool:
    """Whether the page for scripts names a table that a run writes."""
    return re.search(rf"\b{table}\b", written()["docs/scripts.md"]) is not None


def _shell(page: str, content: str) -> Iterator[Command]:
    """Shell lines of a page but those for make, which build the environment we run in."""
    for block in blocks(page, content):
        yield from (one for one in commands(block) if not one.line.startswith("make "))


def _run(arguments: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DOSELINE")}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {**kept, "PATH": path, "LC_ALL": "C.UTF-8", "COLUMNS": "200"}
    return subprocess.run(
        arguments, cwd=folder, env=env, check=False, capture_output=True, text=True, timeout=300
    )


def _wrong(
    place: str, line: str, shown: Sequence[str], ran: subprocess.CompletedProcess[str]
) -> list[str]:
    """What is wrong with a line that ran: its exit code, or what the page says it prints."""
    output = f"{ran.stdout}\n{ran.stderr}"
    if ran.returncode != 0:
        return [f"{place}: '{line}' ended with {ran.returncode}:\n{output[-2000:]}"]
    missing = _missing(shown, output)
    return [f"{place}: '{line}' does not print\n{missing}\nbut\n{output[:3000]}"] if missing else []


def _missing(shown: Sequence[str], output: str) -> str:
    """The first line shown that the output does not have, in this order; blanks count as one."""
    lines = iter(" ".join(one.split()) for one in output.splitlines())
    for line in shown:
        plain = " ".join(line.split())
        if plain not in lines:
            return line
    return ""


def _python(page: str, content: str, folder: Path) -> list[str]:
    """What is wrong with the Python of a page, run as one script."""
    fences = list(blocks(page, content))
    code = [(at, one) for at, one in enumerate(fences) if one.language == "python"]
    if not code:
        return []
    script = f"\nprint({_BETWEEN!r})\n".join(one.text for _, one in code)
    ran = _run([sys.executable, "-W", "error", "-c", script], folder)
    if ran.returncode != 0:
        return [f"{page}: its Python ended with {ran.returncode}:\n{ran.stderr[-2000:]}"]
    wrong = []
    for (at, one), printed in zip(code, ran.stdout.split(f"{_BETWEEN}\n"), strict=True):
        follower = fences[at + 1] if at + 1 < len(fences) else None
        if follower and follower.language == "text" and follower.directly_after == "python":
            missing = _missing(follower.text.splitlines(), printed)
            if missing:
                wrong.append(f"{one.place}: does not print\n{missing}\nbut\n{printed}")
    return wrong
