"""Which language the command line speaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.io.text import LANGUAGES, UnknownLanguageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

OPTION = "--lang"


def chosen_language(
    arguments: Sequence[str], environment: Mapping[str, str]
) -> tuple[str, list[str]]:
    """``--lang``, else ``DOSELINE_LANG``, else the system's language, else English.

    Returns:
        The language, and the arguments without ``--lang``, which may stand anywhere.

    Raises:
        UnknownLanguageError: If a language without text is asked for by name.
    """
    found, others = _taken(arguments)
    asked = found or environment.get("DOSELINE_LANG", "")
    if asked:
        if asked not in LANGUAGES:
            raise UnknownLanguageError(asked)
        return asked, others
    return system_language(environment), others


def system_language(environment: Mapping[str, str]) -> str:
    """What the system says, as far as there is text in it."""
    system = environment.get("LC_ALL") or environment.get("LANG") or ""
    return "zh" if system.startswith("zh") else "en"


def _taken(arguments: Sequence[str]) -> tuple[str, list[str]]:
    """The language asked for, and the other arguments."""
    found, others = "", list(arguments)
    end = others.index("--") if "--" in others else len(others)
    for at in reversed(range(end)):
        if others[at].startswith(f"{OPTION}="):
            found = others.pop(at).removeprefix(f"{OPTION}=")
        elif others[at] == OPTION and at + 1 < end:
            found = others.pop(at + 1)
            others.pop(at)
    return found, others
