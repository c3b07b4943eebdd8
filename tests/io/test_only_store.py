"""One command at a time fills a folder with replications, however the last one ended."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from doseline.io.replications import FolderInUseError, only_store
from doseline.io.tables import OutputFolder

if TYPE_CHECKING:
    from pathlib import Path

HOLDS = """
import sys
from pathlib import Path
from doseline.io.replications import only_store

with only_store(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_one_is_refused_until_the_first_is_killed(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(out)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "held\n"
        with pytest.raises(FolderInUseError, match="Another command"), only_store(out):
            pass
        first.send_signal(signal.SIGKILL)
        first.wait(timeout=60)
    with only_store(out) as store:
        assert store.folder == out.resolve() / "replications"


def test_it_is_free_again_after_the_result_took_its_place(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with only_store(out) as store, OutputFolder(out) as fresh:
        store.copy((), fresh)
    with only_store(out), pytest.raises(FolderInUseError), only_store(out):
        pass
    assert [one.name for one in tmp_path.iterdir()] == ["out"]
