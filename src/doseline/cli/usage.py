"""Wrong calls of the command line as sentences in the reader's language."""

from __future__ import annotations

import re
import sys
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from doseline.model.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from doseline.cli.screen import Words


_NEGATIVE = re.compile(r"-[\d.]")
"""What the parser takes for an option, and people mean as a number."""


def usage_sentence(error: Any, words: Words) -> str:
    """What is wrong with a call, and where the page is that explains it."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "doseline"
    return words("cli.usage.see", what=_what(error, context, words), command=path)


def unknown_command(name: str, known: list[str], words: Words) -> str:
    """There is no command of that name."""
    near = nearest(name, known)
    what = words("cli.usage.no_command", name=name, known=words("cli.list_joint").join(known))
    what += words("error.meant_joint", meant=near) if near else ""
    return words("cli.usage.see", what=what, command="doseline")


def extra_arguments(path: str, extra: list[str], words: Words) -> str:
    """More arguments than the command takes."""
    what = words("cli.usage.extra", extra=" ".join(extra))
    return words("cli.usage.see", what=what, command=path)


def _what(error: Any, context: Any, words: Words) -> str:
    kind, param = type(error).__name__, getattr(error, "param", None)
    if kind == "NoSuchOption" and _NEGATIVE.match(error.option_name):
        return words("cli.usage.negative", found=error.option_name)
    if kind == "NoSuchOption":
        known = [name for one in context.command.params for name in one.opts] if context else []
        near = nearest(error.option_name, known)
        sentence = words("cli.usage.no_option", option=error.option_name)
        return sentence + (words("error.meant_joint", meant=near) if near else "")
    if kind == "BadOptionUsage":
        return words("cli.usage.no_value", option=error.option_name)
    if param is not None and kind == "MissingParameter":
        return words("cli.usage.missing", name=_shown(param), about=param.help)
    if param is not None:
        return _bad_value(param, words)
    return words("cli.usage.other", what=error.format_message())


def _bad_value(param: Any, words: Words) -> str:
    """What was found, what is allowed where the parser knows it, and what the option is for."""
    found, limits = _given(param.opts), allowed_range(param, words)
    if found and limits:
        return words(
            "cli.usage.out_of_range",
            name=_shown(param),
            found=found,
            allowed=limits,
            about=param.help,
        )
    name = f"{_shown(param)} {param.metavar}"
    return words("cli.usage.bad_value", name=name, about=param.help)


def _given(names: Sequence[str]) -> str:
    """What stands behind an option in the call: the parser takes the last, and does not tell."""
    given = ""
    for word, following in pairwise([*sys.argv, ""]):
        name, _, value = word.partition("=")
        if name in names:
            given = value or following
    return given


def allowed_range(param: Any, words: Words) -> str:
    """The numbers that an option takes, or nothing if the parser knows no bounds."""
    low, high = (getattr(param, bound, None) for bound in ("min", "max"))
    if low is None:
        return ""
    if high is None:
        return words("cli.usage.from", low=f"{low:,.13g}")
    return words("cli.usage.between", low=f"{low:,.13g}", high=f"{high:,.19g}")


def _shown(param: Any) -> str:
    """The name by which people know a parameter."""
    if param.param_type_name == "argument":
        return str(param.metavar or param.name.upper())
    return str(max(param.opts, key=len))
