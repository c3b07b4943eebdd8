"""``doseline import``: a planner's own list into a table of a network."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from doseline.cli.errors import UsageError, error_answer
from doseline.cli.networks import BAD_INPUT, finding_rows, refuse
from doseline.cli.screen import Words, emit, json_option, say, show, show_table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from doseline.io.importing.apply import Prepared
    from doseline.io.importing.mapping import How
    from doseline.model.findings import Finding


def make(words: Words) -> Callable[..., None]:
    """The command."""

    def import_list(
        file: Path = typer.Argument(
            ..., metavar=words("cli.import_file_metavar"), help=words("cli.import_file_help")
        ),
        *,
        table: str = typer.Option(..., "--as", metavar="TABLE", help=words("cli.import_as_help")),
        network: Path = typer.Option(
            ..., "--into", metavar="NETWORK", help=words("cli.import_into_help")
        ),
        mapping: Path = typer.Option(
            None, "--mapping", metavar="FILE.toml", help=words("cli.import_mapping_help")
        ),
        sheet: str = typer.Option(
            "", "--sheet", metavar="NAME", help=words("cli.import_sheet_help")
        ),
        constants: list[str] = typer.Option(
            [], "--set", metavar="COLUMN=VALUE", help=words("cli.import_set_help")
        ),
        replace: bool = typer.Option(False, "--replace", help=words("cli.import_replace_help")),
        accept: bool = typer.Option(False, "--accept", help=words("cli.import_accept_help")),
        dry_run: bool = typer.Option(False, "--dry-run", help=words("cli.import_dry_run_help")),
        as_json: bool = json_option(words),
    ) -> None:
        from doseline.io.importing.apply import Request, prepare, write_import

        request = Request(
            file=file,
            table=table,
            network=network,
            mapping=mapping,
            sheet=sheet,
            constants=_constants(constants, words),
            replace=replace,
        )
        prepared, findings = prepare(request)
        if prepared is None:
            raise refuse(file, findings, words, as_json=as_json)
        saved = _save(prepared, mapping)
        if not as_json:
            _show(prepared, words)
        reason = _refusal(prepared, words, accept=accept)
        if reason and not dry_run:
            raise _refused(reason, prepared, saved, words, as_json=as_json)
        if not dry_run:
            write_import(prepared, network)
        if as_json:
            emit(answer(prepared, saved, words, written=not dry_run))
        else:
            _tell_end(prepared, saved, network, words, dry_run=dry_run)
        if prepared.is_refused:
            raise typer.Exit(BAD_INPUT)

    return import_list


def answer(
    prepared: Prepared, saved: Path | None, words: Words, *, written: bool
) -> dict[str, Any]:
    """The contract for scripts."""
    return {
        "table": prepared.table.name,
        "written": written,
        "rows_before": prepared.rows_before,
        "rows_after": prepared.rows_after,
        "rows_in_list": len(prepared.foreign.rows),
        "columns": [_column(name, how, prepared) for name, how in prepared.plan.columns.items()],
        "unused": list(prepared.unused),
        "defaulted": list(prepared.defaulted),
        "mapping": None if saved is None else str(saved),
        "errors_elsewhere": prepared.elsewhere,
        "findings": finding_rows(prepared.findings, words),
    }


def _column(name: str, how: How, prepared: Prepared) -> dict[str, Any]:
    from doseline.io.importing.propose import samples

    return {
        "column": name,
        "from": how.source,
        "constant": how.constant,
        "numbered": how.numbered,
        "unit": how.unit,
        "date_format": how.date_format,
        "values": dict(how.values),
        "confidence": round(prepared.confidence[name], 3),
        "samples": samples(prepared.cells[name]),
    }


def _constants(given: Sequence[str], words: Words) -> dict[str, str]:
    """Values for whole columns, by column."""
    found = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not (name and equals):
            raise UsageError(words("cli.import_bad_set", found=one))
        found[name.strip()] = value.strip()
    return found


def _save(prepared: Prepared, mapping: Path | None) -> Path | None:
    """Save the plan, unless it was read from there; where it is."""
    from doseline.io.importing.mapping import plan_text
    from doseline.io.place import write_file

    if mapping is not None and not mapping.exists():
        write_file(plan_text(prepared.plan).encode(), mapping, replace=False)
    return mapping


def _refusal(prepared: Prepared, words: Words, *, accept: bool) -> str:
    """Why nothing may be written; empty if all may."""
    if prepared.is_refused:
        return words("cli.import_refused", file=prepared.foreign.file)
    if prepared.doubtful and not accept:
        return words("cli.import_doubtful", columns=words.listed(prepared.doubtful))
    return ""


def _refused(
    reason: str, prepared: Prepared, saved: Path | None, words: Words, *, as_json: bool
) -> typer.Exit:
    """Say why nothing was written; what ends the command."""
    if as_json:
        code = "import_refused" if prepared.is_refused else "import_doubtful"
        about = answer(prepared, saved, words, written=False)
        failure = error_answer(code, reason, BAD_INPUT)
        emit({**failure, "findings": about["findings"]})
    say(reason)
    return typer.Exit(BAD_INPUT)


def _show(prepared: Prepared, words: Words) -> None:
    """How each column is filled, what is left over, and what is wrong."""
    from doseline.io.importing.propose import samples

    heads = [words(f"cli.import_col_{name}") for name in ("ours", "theirs", "how", "sure", "cells")]
    rows = [
        (
            name,
            how.source or "–",
            _told(how, words),
            f"{100 * prepared.confidence[name]:.0f} %",
            "; ".join(samples(prepared.cells[name])) or "–",
        )
        for name, how in prepared.plan.columns.items()
    ]
    title = words("cli.import_title", file=prepared.foreign.file, line=prepared.foreign.header_line)
    show_table(title, heads, rows)
    if prepared.unused:
        show(words("cli.import_unused", columns=words.listed(prepared.unused)))
    if prepared.defaulted:
        show(words("cli.import_defaulted", columns=words.listed(prepared.defaulted)))
    _show_findings(prepared.findings, words)


def _told(how: How, words: Words) -> str:
    """What is done with the cells of a column."""
    parts = []
    if how.numbered:
        parts.append(words("cli.import_how_numbered", form=how.numbered))
    elif not how.source:
        parts.append(words("cli.import_how_constant", value=how.constant))
    if how.unit:
        parts.append(words("cli.import_how_unit", unit=how.unit))
    if how.date_format:
        parts.append(how.date_format)
    if how.zone:
        parts.append(how.zone)
    if how.values:
        parts.append(words("cli.import_how_values", count=len(how.values)))
    return "; ".join(parts) or words("cli.import_how_same")


def _show_findings(findings: Sequence[Finding], words: Words) -> None:
    """Each finding, one line for all rows with the same cell."""
    from doseline.io.text import severity_word, wording

    same = Counter(_cell(one) for one in findings)
    for one in findings:
        count = same.pop(_cell(one), 0)
        if not count:
            continue
        what = wording(one, words.lang)
        more = words("cli.import_more_joint", count=count - 1) if count > 1 else ""
        show(
            words("cli.finding", severity=severity_word(one.severity, words.lang), what=what + more)
        )


def _cell(finding: Finding) -> tuple[str, str, str]:
    return finding.code, finding.column, finding.found


def _tell_end(
    prepared: Prepared, saved: Path | None, network: Path, words: Words, *, dry_run: bool
) -> None:
    counts = {"before": f"{prepared.rows_before:,}", "after": f"{prepared.rows_after:,}"}
    kind = "dry" if dry_run else "done"
    show(words(f"cli.import_{kind}", table=prepared.table.name, network=network, **counts))
    if saved is not None:
        show(words("cli.import_saved", mapping=saved))
    if prepared.elsewhere:
        show(words("cli.import_elsewhere", count=prepared.elsewhere, network=network))
