"""Every error raised on purpose: one base, one class a case."""

from __future__ import annotations


class DoselineError(Exception):
    """An error with a sentence for a person; the base of all others."""

    exit_code = 1


class BadInputError(DoselineError):
    """What was given cannot be used."""

    exit_code = 2


class InfeasibleError(DoselineError):
    """It was proven that no answer exists."""

    exit_code = 3


class RefusedError(DoselineError):
    """The answer was refused for safety."""

    exit_code = 4
