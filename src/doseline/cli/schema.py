"""``doseline schema``: a network folder's tables, and what ``--json`` prints, as schemas."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import typer

from doseline.cli.errors import UsageError
from doseline.cli.screen import Words, emit, json_option

if TYPE_CHECKING:
    from collections.abc import Callable

FORMATS = ("text", "json", "markdown")


def make(words: Words) -> Callable[..., None]:
    """The command."""

    def schema(
        *,
        form: str = typer.Option(
            "text", "--format", metavar="|".join(FORMATS), help=words("cli.schema_format_help")
        ),
        of_answer: str = typer.Option(
            "", "--answer", metavar="COMMAND", help=words("cli.schema_answer_help")
        ),
        as_json: bool = json_option(words),
    ) -> None:
        from doseline.io.schema import json_schema, schema_markdown, schema_text

        if form not in FORMATS:
            raise UsageError(words("cli.schema_bad_format", found=form))
        if of_answer:
            typer.echo(json.dumps(_answer_schema(of_answer, words), indent=2, ensure_ascii=False))
        elif as_json:
            emit(json_schema())
        elif form == "json":
            typer.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))
        elif form == "markdown":
            typer.echo(schema_markdown(words.lang))
        else:
            typer.echo(schema_text(words.lang))

    return schema


def _answer_schema(command: str, words: Words) -> dict[str, object]:
    from doseline.cli.contract import SCHEMAS

    if command not in SCHEMAS:
        raise UsageError(
            words("cli.schema_no_answer", found=command, known=words.listed(list(SCHEMAS)))
        )
    return SCHEMAS[command]
