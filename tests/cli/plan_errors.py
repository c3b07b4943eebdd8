"""One of each error of the commands around a plan."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from doseline.claims.errors import ClaimsNotInstalledError, RefusedClaimError
from doseline.io.plans import MixedPlanError, NoPlanError
from doseline.model.events import (
    BadEventError,
    BadEventsError,
    InstantWithoutZoneError,
    UnknownEventError,
)
from doseline.plan.errors import CalledOffError, ForeignPlanError, UnknownOrderError
from doseline.plan.replan.event_errors import (
    AlreadyInfusedError,
    BadOrderError,
    ColumnMissingError,
    NoColumnError,
    NoDepartureError,
    NoTreatmentDayError,
    NotServedError,
    NotStartedError,
    OrderThereError,
    TwoAnswersError,
    UnknownInEventError,
    WrongDayError,
)
from doseline.plan.tours.errors import ToursNotInstalledError
from doseline.study.replanned import BackInTimeError
from doseline.study.robust import NoSuchPlanError, PromiseNotKeptError, ReplannedError

if TYPE_CHECKING:
    from doseline.errors import DoselineError

_NOW, _THEN = datetime(2026, 5, 4, tzinfo=UTC), datetime(2026, 5, 5, tzinfo=UTC)

PLAN_ERRORS: list[DoselineError] = [
    NoPlanError(Path("out")),
    MixedPlanError(Path("out"), "plan.json"),
    ToursNotInstalledError(),
    ClaimsNotInstalledError(),
    RefusedClaimError("RLT-1", "HI missing"),
    CalledOffError("o5", "patient_withdrawn:o5"),
    UnknownOrderError("o55", ("o5", "o6")),
    ForeignPlanError("o5"),
    UnknownEventError("batch_faild:b", "batch_faild"),
    BadEventError("yield_low:b", "yield_low:BATCH:PERCENT[@DATE]"),
    InstantWithoutZoneError("2026-05-04T10:00"),
    UnknownInEventError("batch_failed:b", "batches", "b", ("bb",)),
    WrongDayError("batch_failed:b@2026-05-04", "b", ["2026-05-05"]),
    NoDepartureError("flight_cancelled:x@2026-05-04T10:00Z", "x", ["2026-05-04T11:00Z"]),
    NotStartedError("yield_low:b:50", "b", "2026-05-05T10:00Z"),
    AlreadyInfusedError("patient_held:o5:2026-05-09", "o5", "2026-05-04T10:00Z"),
    NotServedError("dose_freed:o5", "o5"),
    OrderThereError("order_added:o5:site=near", "o5"),
    BadOrderError("order_added:o9:site=far", "site", "far", "near"),
    NoTreatmentDayError("suite_closed:s:2027-05-04..2027-05-04", "s", ["2026-05-04"]),
    NoColumnError("order_added:o9:colour=red", "colour", ["site", "payer"]),
    ColumnMissingError("order_added:o9:site=far", "payer", "ffs, ma"),
    TwoAnswersError("yield_low:b:50", "yield_low:b:60"),
    BadEventsError([TwoAnswersError("yield_low:b:50", "yield_low:b:60")] * 2),
    BackInTimeError(_NOW, _THEN),
    ReplannedError(),
    NoSuchPlanError(9, 4),
    PromiseNotKeptError(88.8),
]
