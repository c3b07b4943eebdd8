"""Errors as sentences in the reader's language, and as an object for scripts."""

from __future__ import annotations

import errno
import os
import re
from typing import TYPE_CHECKING, Any

from doseline.errors import BadInputError
from doseline.io.text import messages

if TYPE_CHECKING:
    from doseline.cli.screen import Words
    from doseline.errors import DoselineError

_UPPER = re.compile(r"(?<=[a-z])(?=[A-Z])")


class UsageError(BadInputError):
    """The command line was called in a way that it does not know; the sentence is worded."""


def code_of(error: BaseException) -> str:
    """A stable name of the kind of an error, e.g. ``unknown_nuclide``.

    >>> code_of(UsageError("x"))
    'usage'
    """
    return _UPPER.sub("_", type(error).__name__.removesuffix("Error")).lower()


def error_sentence(error: DoselineError, words: Words) -> str:
    """What went wrong and what to do; English where the catalogue has no words for the error."""
    key = f"error.{code_of(error)}"
    if key not in messages():
        return str(error)
    about = {name: _plain(value, words) for name, value in vars(error).items()}
    if isinstance(about.get("reason"), str):
        about["reason"] = system_words(str(about["reason"]), words)
    if "problem" in about:
        about["kind"] = words(f"error.kind.{about['kind']}")
        about["problem"] = words(f"error.problem.{about['problem']}", **about)
    sentence = "\n".join(
        [words(key, **about), *(error_sentence(one, words) for one in getattr(error, "faults", ()))]
    )
    meant = about.get("suggestions") or about.get("nearest")
    return sentence + words("error.meant_joint", meant=meant) if meant else sentence


def error_answer(code: str, sentence: str, exit_code: int) -> dict[str, Any]:
    """What ``--json`` prints instead of an answer."""
    return {"error": {"code": code, "message": sentence, "exit_code": exit_code}}


def system_words(reason: str, words: Words) -> str:
    """What the operating system says, in the reader's language where the catalogue has it."""
    for number, name in errno.errorcode.items():
        if reason == os.strerror(number) and f"error.system.{name}" in messages():
            return words(f"error.system.{name}")
    return reason


def _plain(value: object, words: Words) -> object:
    """Names in one list, as people write it; what is known in both languages in the reader's."""
    if isinstance(value, list | tuple):
        return words("cli.list_joint").join(str(_plain(one, words)) for one in value)
    return getattr(value, words.lang, value)
