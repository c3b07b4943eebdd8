"""Why claims cannot be written."""

from __future__ import annotations

from doseline.errors import BadInputError, DoselineError


class ClaimsNotInstalledError(BadInputError):
    """The libraries that write and judge claims are missing."""

    def __init__(self) -> None:
        super().__init__(
            "Writing claims needs the packages x12sdk and pyx12, which are not installed. "
            "Install them with: pip install 'doseline[claims]'. Checking works without them: "
            "leave out -o."
        )


class RefusedClaimError(DoselineError):
    """A claim that passed the edits is no valid transaction; it is not written."""

    def __init__(self, claim: str, reason: str) -> None:
        self.claim = claim
        self.reason = reason
        super().__init__(
            f"Claim {claim} passed every edit, but is no valid transaction: {reason}. "
            "Nothing was written; mend the record there, or leave the claim out."
        )
