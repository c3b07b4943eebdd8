"""Which language the command line speaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.io.text import LANGUAGES, UnknownLanguageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def chosen_language(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """``--lang``, else ``DOSELINE_LANG``, else the system's language, else English.

    Raises:
        UnknownLanguageError: If a language without text is asked for by name.
    """
    asked = _asked(arguments) or environment.get("DOSELINE_LANG", "")
    if asked:
        if asked not in LANGUAGES:
            raise UnknownLanguageError(asked)
        return asked
    system = environment.get("LC_ALL") or environment.get("LANG") or ""
    return "zh" if system.startswith("zh") else "en"


def _asked(arguments: Sequence[str]) -> str:
    for at, argument in enumerate(arguments):
        if argument.startswith("--lang="):
            return argument.removeprefix("--lang=")
        if argument == "--lang" and at + 1 < len(arguments):
            return arguments[at + 1]
    return ""
