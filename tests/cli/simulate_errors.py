"""One of each error of the command that simulates years."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from doseline.io.replications import FolderInUseError
from doseline.rules import Text
from doseline.simulate.engine.errors import PolicyNotCompiledError, SimulateNotInstalledError
from doseline.study.replications.cluster import (
    ClusterLostError,
    ClusterNotInstalledError,
    NoClusterError,
)
from doseline.study.replications.executors import WorkersDieError
from doseline.study.replications.job import JobUnreadableError, OtherProgramError
from doseline.study.replications.scenario import (
    BadChoiceError,
    BadScenarioError,
    RepeatedKeyError,
)
from doseline.study.replications.written import (
    NoSuchPolicyError,
    PolicyAnswerError,
    PolicyBrokenError,
    PolicyFailedError,
    PolicyParametersError,
    PolicyUnreadableError,
)
from doseline.study.years.world import TooFewYearsError

if TYPE_CHECKING:
    from doseline.errors import DoselineError

SIMULATE_ERRORS: list[DoselineError] = [
    BadScenarioError("a:priority=lotery", "priority", "lotery", ("lottery", "longest-waiting")),
    BadScenarioError("a:swap=perhaps", "swap", "perhaps", ("yes", "no")),
    BadChoiceError("priority", "lotery", ("lottery", "longest-waiting")),
    RepeatedKeyError("a:swap=yes,swap=no", "swap"),
    PolicyUnreadableError("priority", Path("mine.py"), "No such file or directory"),
    PolicyBrokenError("priority", "mine.py", "SyntaxError: invalid syntax"),
    NoSuchPolicyError("priority", "mine.py", "turn", ("turns",)),
    PolicyParametersError("batch", "mine.py:made", ("orders", "capacity", "waited", "week")),
    PolicyAnswerError("priority", "mine.py:turns", "'x'", Text("a number", "数值")),
    PolicyFailedError("priority", "mine.py:turns", "ZeroDivisionError: division by zero"),
    FolderInUseError(Path("out")),
    TooFewYearsError(0.2, 26),
    WorkersDieError(),
    JobUnreadableError(Path("out/replications/.job-1.pickle")),
    OtherProgramError(),
    SimulateNotInstalledError(),
    PolicyNotCompiledError("priority", "mine", "unknown name"),
    ClusterNotInstalledError(),
    NoClusterError("tcp://127.0.0.1:8786"),
    ClusterLostError("tcp://127.0.0.1:8786"),
]
