"""Help pages in the reader's language, made from the commands themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from doseline.cli.layout import cells, padded, screen_width, wrapped
from doseline.cli.usage import allowed_range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from doseline.cli.screen import Words

WIDEST = 100
"""Cells beyond which lines of a page are tiring to read."""
_LEFT = 30
"""Cells of the left column of a list at most."""


def command_page(path: str, about: str, example: str, params: Sequence[Any], words: Words) -> str:
    """The page of one command: usage, what it does, arguments, options, an example."""
    arguments = [one for one in params if one.param_type_name == "argument"]
    options = [one for one in params if one.param_type_name == "option"]
    names = (_name(one) if one.required else f"[{_name(one)}]" for one in arguments)
    usage = " ".join([path, *names, words("cli.page.options_mark")])
    width = min(screen_width(), WIDEST)
    lines = [words("cli.page.usage", usage=usage), "", *_indented(about, width)]
    lines += _list(
        words("cli.page.arguments"), [(_name(one), one.help) for one in arguments], width
    )
    rows = [(_option(one), _meaning(one, words)) for one in options]
    rows.append(("-h, --help", words("cli.page.help")))
    lines += _list(words("cli.page.options"), rows, width)
    return "\n".join([*lines, "", *_indented(example, width)])


def top_page(
    path: str, commands: Sequence[tuple[str, str]], params: Sequence[Any], words: Words
) -> str:
    """The page of the whole command line: what it is for, its commands, its options."""
    usage = f"{path} {words('cli.page.command_mark')}"
    width = min(screen_width(), WIDEST)
    lines = [words("cli.page.usage", usage=usage), "", *_indented(words("cli.help"), width)]
    lines += _list(words("cli.page.commands"), commands, width)
    rows = [(_option(one), one.help) for one in params]
    rows.append(("-h, --help", words("cli.page.help")))
    lines += _list(words("cli.page.options"), rows, width)
    return "\n".join([*lines, "", *_indented(words("cli.page.more"), width)])


def _name(argument: Any) -> str:
    return str(argument.metavar or argument.name.upper())


def _option(option: Any) -> str:
    """Its names, and what stands behind them."""
    names = ", ".join(option.opts)
    return names if option.is_flag or option.metavar is None else f"{names} {option.metavar}"


def _meaning(option: Any, words: Words) -> str:
    """What an option is for, and what holds without it."""
    limits = allowed_range(option, words)
    about = words("cli.page.allowed", about=option.help, allowed=limits) if limits else option.help
    if option.required:
        return words("cli.page.required", about=about)
    default = option.default
    if option.is_flag or default == "" or not isinstance(default, int | float | str):
        return str(about)
    shown = default if isinstance(default, str) else f"{default:,.13g}"
    return words("cli.page.default", about=about, default=shown)


def _list(title: str, rows: Sequence[tuple[str, str]], width: int) -> list[str]:
    """A titled list of names and what they mean."""
    if not rows:
        return []
    left = min(max(cells(name) for name, _ in rows), _LEFT)
    lines = ["", title]
    for name, about in rows:
        first, *others = wrapped(about, max(width - left - 4, 20))
        fits = cells(name) <= left
        if not fits:
            lines.append(f"  {name}")
        lines.append(f"  {padded(name if fits else '', left)}  {first}")
        lines += [" " * (left + 4) + other for other in others]
    return lines


def _indented(paragraphs: str, width: int) -> list[str]:
    """Paragraphs of a text, two spaces in."""
    return [f"  {line}" for part in paragraphs.splitlines() for line in wrapped(part, width - 2)]
