"""``doseline schema``: every table, column, type, unit, default and allowed value."""

from __future__ import annotations

import json

import typer

from doseline.cli.screen import Words, emit, json_option


def add(app: typer.Typer, words: Words) -> None:
    """Add the command."""

    @app.command(help=words("cli.schema_help"), epilog=words("cli.schema_example"))
    def schema(
        *,
        form: str = typer.Option("text", "--format", help=words("cli.schema_format_help")),
        as_json: bool = json_option(words),
    ) -> None:
        from doseline.errors import BadInputError
        from doseline.io.schema import json_schema, schema_markdown, schema_text

        if as_json:
            emit(json_schema())
        elif form == "json":
            typer.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))
        elif form == "markdown":
            typer.echo(schema_markdown(words.lang))
        elif form == "text":
            typer.echo(schema_text(words.lang))
        else:
            raise BadInputError(words("cli.schema_bad_format", found=form))
