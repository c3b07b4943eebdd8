"""The list of commands, and how they are shown and called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption

from doseline.cli import (
    authorise,
    calibrate,
    ceilings,
    check,
    claim,
    compare,
    convert,
    decay,
    diff,
    explain,
    headroom,
    import_,
    new,
    options,
    pathway,
    plan,
    replan,
    robust,
    rules_diff,
    rules_explain,
    rules_list,
    run,
    schema,
    simulate,
    tours,
    value,
)
from doseline.cli.errors import UsageError
from doseline.cli.help import command_page, top_page
from doseline.cli.screen import Words
from doseline.cli.usage import extra_arguments, unknown_command

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import ModuleType

COMMANDS = {
    "run": run,
    "check": check,
    "options": options,
    "plan": plan,
    "replan": replan,
    "explain": explain,
    "robust": robust,
    "tours": tours,
    "claim": claim,
    "authorise": authorise,
    "simulate": simulate,
    "calibrate": calibrate,
    "headroom": headroom,
    "pathway": pathway,
    "value": value,
    "ceilings": ceilings,
    "compare": compare,
    "decay": decay,
    "rules list": rules_list,
    "rules explain": rules_explain,
    "rules diff": rules_diff,
    "new": new,
    "import": import_,
    "convert": convert,
    "diff": diff,
    "schema": schema,
}
"""Commands by what people type; a name of two words is typed as two."""

COMPLETION = ("install_completion", "show_completion")


def build(lang: str, arguments: Sequence[str] = ()) -> Any:
    """The command line in one language.

    Args:
        lang: The language.
        arguments: Those of a call, so that only the command that it asks for is made.
    """
    words = Words(lang)
    group, command = _group(words), _command(words)
    app = typer.Typer(
        cls=group,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_top(words))
    for name, module in _asked(arguments).items():
        about, example = words(f"cli.{name}_help"), words(f"cli.{name}_example")
        app.command(name, cls=command, help=about, epilog=example)(module.make(words))
    built = typer.main.get_command(app)
    for param in built.params:
        if isinstance(param, TyperOption) and param.name in COMPLETION:
            param.help = words(f"cli.{param.name}")
    return built


def _asked(arguments: Sequence[str]) -> dict[str, ModuleType]:
    """The command that a call names first, or all of them."""
    names = (" ".join(arguments[:2]), *arguments[:1])
    return next(({name: COMMANDS[name]} for name in names if name in COMMANDS), COMMANDS)


def _command(words: Words) -> type[TyperCommand]:
    """Commands that speak a language."""

    class Command(TyperCommand):
        # Typer would refuse extra arguments in English.
        allow_extra_args = True

        def get_help(self, ctx: Any) -> str:
            return command_page(
                ctx.command_path, self.help or "", self.epilog or "", self.params, words
            )

        def invoke(self, ctx: Any) -> Any:
            if ctx.args:
                raise UsageError(extra_arguments(ctx.command_path, ctx.args, words))
            return super().invoke(ctx)

    return Command


def _group(words: Words) -> type[TyperGroup]:
    """The top of the commands, speaking a language."""

    class Group(TyperGroup):
        def get_help(self, ctx: Any) -> str:
            commands = [(name, str(one.help)) for name, one in self.commands.items()]
            return top_page(ctx.command_path, commands, self.params, words)

        def resolve_command(self, ctx: Any, args: list[str]) -> Any:
            known = list(COMMANDS)
            args = _joined(args, known, words)
            if args[0] not in known and not ctx.resilient_parsing:
                raise UsageError(unknown_command(args[0], known, words))
            return super().resolve_command(ctx, args)

    return Group


def _joined(args: list[str], known: list[str], words: Words) -> list[str]:
    """The arguments, the two words of a command's name as one."""
    parts = [name for name in known if name.startswith(f"{args[0]} ")]
    if not parts:
        return args
    name = " ".join(args[:2])
    if name not in parts:
        raise UsageError(words("cli.rules_which", name=args[0], known=words.listed(parts)))
    return [name, *args[2:]]


def _top(words: Words) -> Callable[..., None]:
    def top(
        *,
        version: bool = typer.Option(
            False, "--version", help=words("cli.version_help"), callback=_version, is_eager=True
        ),
        lang: str = typer.Option("", "--lang", metavar="en|zh", help=words("cli.lang_help")),
    ) -> None:
        del version, lang

    return top


def _version(asked: bool) -> None:  # noqa: FBT001 - the signature that typer calls
    if asked:
        from importlib.metadata import version

        typer.echo(f"doseline {version('doseline')}")
        raise typer.Exit
