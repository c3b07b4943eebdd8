"""What can be wrong with a record or a request; no sentence repeats a patient's data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.errors import BadInputError
from doseline.model.nearest import nearest
from doseline.rules.errors import english

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from pathlib import Path

    from doseline.rules import Text


class NoRecordError(BadInputError):
    """There is no file or folder of records."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(
            f"{path} holds no patient record. Give a FHIR R4 Bundle as a .json file, or a folder "
            "of .json files."
        )


class BadRecordError(BadInputError):
    """A record that does not keep to FHIR R4 in what is read of it."""

    def __init__(self, file: str, element: str | Text, allowed: str | Text) -> None:
        self.file, self.element, self.allowed = file, element, allowed
        super().__init__(
            f"{file}: {english(element)} is not as FHIR R4 has it; allowed: {english(allowed)}."
        )


class NotOnePatientError(BadInputError):
    """A record of nobody, or of several people."""

    def __init__(self, found: int) -> None:
        self.found = found
        super().__init__(
            f"The record holds {found} patients. Give the record of exactly one patient."
        )


class OtherPatientError(BadInputError):
    """A resource that belongs to somebody else."""

    def __init__(self, file: str, reference: str) -> None:
        self.file, self.reference = file, reference
        super().__init__(
            f"{file}: {reference} belongs to another patient. Take it out; nothing was checked."
        )


class TwiceInRecordError(BadInputError):
    """One id for two different resources."""

    def __init__(self, file: str, reference: str) -> None:
        self.file, self.reference = file, reference
        super().__init__(f"{file}: {reference} stands twice with different content. Keep one.")


class UnknownPolicyError(BadInputError):
    """No policy of this name."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name = name
        self.nearest = nearest(name, list(known))
        super().__init__(
            f"There is no policy '{name}'. List them all with: doseline authorise --policies"
            + (f" Did you mean {self.nearest}?" if self.nearest else "")
        )


class NotYetCoveredError(BadInputError):
    """A day before the payer can pay for the product."""

    def __init__(self, policy: str, day: date, since: date) -> None:
        self.policy, self.day, self.since = policy, day, since
        super().__init__(
            f"On {day} {policy} cannot pay: it begins on {since}. Give a later day with --on."
        )


class BadSubmissionError(BadInputError):
    """An instant of submission that cannot be read."""

    def __init__(self, found: str) -> None:
        self.found = found
        super().__init__(
            f"--submitted is '{found}'; write it with its offset, e.g. 2026-05-04T09:30-04:00."
        )


class UnknownZoneError(BadInputError):
    """A time zone that does not exist."""

    def __init__(self, found: str) -> None:
        self.found = found
        super().__init__(f"There is no time zone '{found}'; give an IANA name such as Asia/Tokyo.")


class NoPoliciesError(BadInputError):
    """A folder of one's own policies that is none."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        super().__init__(
            f"{folder} holds no policies of your own. Give a folder with .yaml files in codes, "
            "products or payers."
        )


class NoListingsError(BadInputError):
    """A list of a hospital's steps that is no table, or lacks its columns."""

    def __init__(self, file: Path) -> None:
        self.file = file
        super().__init__(
            f"{file} is not there, or no CSV table in UTF-8 with the columns site and product."
        )


class UnlistedSiteError(BadInputError):
    """No row, or several, for a hospital and a product."""

    def __init__(self, file: Path, site: str, product: str, known: Iterable[str]) -> None:
        self.file, self.site, self.product = file, site, product
        self.nearest = nearest(site, list(known))
        meant = f" Did you mean {self.nearest}?" if self.nearest else ""
        super().__init__(
            f"{file} does not hold exactly one row of site '{site}' and product '{product}'.{meant}"
        )


class BadListingDateError(BadInputError):
    """A step whose date cannot be read."""

    def __init__(self, file: Path, line: int, step: str) -> None:
        self.file, self.line, self.step = file, line, step
        super().__init__(f"{file}, line {line}: {step} is not a date written YYYY-MM-DD.")
