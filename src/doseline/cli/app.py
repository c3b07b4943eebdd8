"""The list of commands."""

from __future__ import annotations

import typer

from doseline.cli import check, decay, options, run, schema, value
from doseline.cli.screen import Words

COMMANDS = (run, check, options, value, decay, schema)


def build(lang: str) -> typer.Typer:
    """The command line in one language."""
    words = Words(lang)
    app = typer.Typer(
        help=words("cli.help"),
        no_args_is_help=True,
        add_completion=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_top(words))
    for command in COMMANDS:
        command.add(app, words)
    return app


def _top(words: Words) -> object:
    def top(
        *,
        version: bool = typer.Option(
            False, "--version", help=words("cli.version_help"), callback=_version, is_eager=True
        ),
        lang: str = typer.Option("en", "--lang", help=words("cli.lang_help")),
    ) -> None:
        del version, lang

    top.__doc__ = words("cli.help")
    return top


def _version(asked: bool) -> None:  # noqa: FBT001 - the signature that typer calls
    if asked:
        from importlib.metadata import version

        typer.echo(f"doseline {version('doseline')}")
        raise typer.Exit
