"""How tests call the command line: as a user does, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
TINY = ROOT / "examples" / "tiny"
DOSELINE = str(Path(sys.executable).with_name("doseline"))
LONGEST_S = 300
"""Time after which a command is taken to hang. [s]"""

Done = subprocess.CompletedProcess[str]


def environment(**changed: str) -> dict[str, str]:
    """An environment in which no setting of this machine speaks."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME"}}
    return {**kept, "LANG": "C.UTF-8", "TERM": "dumb", **changed}


def doseline(*arguments: str | Path, **changed: str) -> Done:
    """The command with these arguments, run to its end."""
    return subprocess.run(
        [DOSELINE, *(str(one) for one in arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST_S,
        env=environment(**changed),
        cwd=ROOT,
    )


def answer(done: Done) -> dict[str, Any]:
    """The one JSON object on stdout."""
    assert done.stdout.count("\n") == 1, done.stdout
    found = json.loads(done.stdout, parse_constant=_refuse)
    assert isinstance(found, dict)
    return found


def is_chinese(text: str) -> bool:
    """Whether there is any Chinese in a text."""
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)


def _refuse(constant: str) -> float:
    raise AssertionError(f"{constant} is no JSON")
