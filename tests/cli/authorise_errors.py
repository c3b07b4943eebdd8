"""One of each error of authorisation."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from doseline.authorise.errors import (
    BadListingDateError,
    BadRecordError,
    BadSubmissionError,
    NoListingsError,
    NoPoliciesError,
    NoRecordError,
    NotOnePatientError,
    NotYetCoveredError,
    OtherPatientError,
    TwiceInRecordError,
    UnknownPolicyError,
    UnknownZoneError,
    UnlistedSiteError,
)

if TYPE_CHECKING:
    from doseline.errors import DoselineError

AUTHORISE_ERRORS: list[DoselineError] = [
    NoRecordError(Path("record.json")),
    BadRecordError("record.json", "Observation[3].status", "final, amended"),
    NotOnePatientError(2),
    OtherPatientError("record.json", "Condition/c1"),
    TwiceInRecordError("record.json", "Condition/c1"),
    UnknownPolicyError("comercial/lu_psma", ("commercial/lu_psma",)),
    NotYetCoveredError("commercial/lu_psma", date(2020, 1, 1), date(2022, 3, 23)),
    BadSubmissionError("tomorrow"),
    UnknownZoneError("Mars/Base"),
    NoPoliciesError("own"),
    NoListingsError(Path("listings.csv")),
    UnlistedSiteError(Path("listings.csv"), "neer", "lu-psma", ["near"]),
    BadListingDateError(Path("listings.csv"), 3, "procurement"),
]
