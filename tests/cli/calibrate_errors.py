"""Errors of calibrations, as the command line tells them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from doseline.study.calibrate.errors import (
    BadTargetError,
    BadTargetsError,
    CalibrateNotInstalledError,
    NotSimulatedError,
    Said,
)
from doseline.study.calibrate.read import NoTargetsError
from doseline.study.calibrate.store import NoPosteriorError

if TYPE_CHECKING:
    from doseline.errors import DoselineError

CALIBRATE_ERRORS: list[DoselineError] = [
    BadTargetError("unknowns 1 low", "'-1'", Said("a number above 0", "大于 0 的数值")),
    BadTargetsError("targets.toml", [BadTargetError("unknowns 1 low", "'-1'", "lognormal")]),
    CalibrateNotInstalledError(),
    NoTargetsError("targets.toml", "No such file or directory"),
    NotSimulatedError("median", 3, 15),
    NoPosteriorError(Path("out")),
]
