"""Planned weeks as folders: written whole or not at all, and read back."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import polars as pl

from doseline.errors import BadInputError
from doseline.io.kept import NETWORK, copy_network, keep_network, read_kept
from doseline.io.tables import MARKER, write_json, write_parquet
from doseline.model.flows import Note, Plan
from doseline.model.options import Options
from doseline.model.planned import PlannedWeek

if TYPE_CHECKING:
    from pathlib import Path

    from doseline.model.network import Network

FILE = "plan.json"
TABLES = "tables"
OPTIONS = "options"
"""Folder of the delivery options, and what the plan's file says of them."""

_SCALARS = ("objective", "cost", "bound", "gap", "status", "solver", "penalty")
_WRITTEN_OFF = "written_off"
_DIGESTS = "files_sha256"
_OF_OPTIONS = ("nights", "use_factors")


class NoPlanError(BadInputError):
    """A folder holds no planned week."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(
            f"{folder} holds no plan of doseline. "
            "Give the folder that 'doseline plan NETWORK -o FOLDER' wrote."
        )


class MixedPlanError(BadInputError):
    """The files of a planned week do not belong together, or are damaged."""

    def __init__(self, folder: Path, what: str) -> None:
        self.folder = folder
        self.what = what
        super().__init__(
            f"{folder} is no whole plan: {what} does not fit the other files. "
            "Plan its network again."
        )


def write_plan(planned: PlannedWeek, fresh: Path, *, like: Path | None = None) -> None:
    """Write a planned week into an empty folder, so that :func:`read_plan` gives it back.

    Args:
        planned: The week.
        fresh: Of :class:`doseline.io.tables.OutputFolder`.
        like: Folder of a plan with the same network, whose files of it are copied.
    """
    plan, options = planned.plan, planned.options
    if like is None:
        kept = keep_network(_plain(planned.network), fresh)
    else:
        kept = copy_network(like, json.loads((like / FILE).read_text(encoding="utf-8")), fresh)
    write_parquet(_frames(plan, Plan), fresh / TABLES)
    if options is not None:
        write_parquet(_frames(options, Options), fresh / OPTIONS)
    content = {
        **{name: getattr(plan, name) for name in _SCALARS},
        _WRITTEN_OFF: plan.written_off,
        "week": plan.week,
        "notes": [{"key": note.key, "values": dict(note.values)} for note in plan.notes],
        "drawn": planned.drawn,
        "events": list(planned.events),
        "at": planned.at,
        **kept,
        OPTIONS: options and {name: getattr(options, name) for name in _OF_OPTIONS},
        _DIGESTS: {
            f"{part}/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest()
            for part in (TABLES, OPTIONS)
            for path in sorted((fresh / part).glob("*.parquet"))
        },
    }
    write_json(content, fresh / FILE)


def _plain(network: Network) -> Network:
    """The network as a plan keeps it: no map, whose outlines may lie in another folder."""
    plain = dataclasses.replace(network.settings, map_outlines="", map_attribution="")
    return dataclasses.replace(network, settings=plain, outlines=())


def read_plan(folder: Path) -> PlannedWeek:
    """The planned week in a folder.

    Raises:
        NoPlanError: If there is none.
        MixedPlanError: If its files do not belong together or cannot be read.
    """
    if not (folder / MARKER).is_file() or not (folder / FILE).is_file():
        raise NoPlanError(folder)
    try:
        content = json.loads((folder / FILE).read_text(encoding="utf-8"))
        plan, options = _plan(content, folder), _options(content, folder)
        network = _network(content, folder)
    except (BadInputError, OSError, ValueError, KeyError, TypeError) as error:
        what = error.what if isinstance(error, MixedPlanError) else FILE
        raise MixedPlanError(folder, what) from error
    if content.get("network_sha256") != network.digest:
        raise MixedPlanError(folder, NETWORK)
    if plan.flows["order"].to_list() != network.frame("orders")["order"].to_list():
        raise MixedPlanError(folder, f"{TABLES}/flows.parquet")
    return PlannedWeek(
        network=network,
        plan=plan,
        drawn=bool(content["drawn"]),
        events=tuple(content["events"]),
        at=None if content["at"] is None else datetime.fromisoformat(content["at"]),
        options=options,
    )


def _network(content: dict[str, Any], folder: Path) -> Network:
    """The network of the plan.

    Raises:
        MixedPlanError: If it is missing or damaged.
    """
    try:
        return read_kept(folder, content)
    except (BadInputError, OSError) as error:
        raise MixedPlanError(folder, NETWORK) from error


def _plan(content: dict[str, Any], folder: Path) -> Plan:
    tables = _tables(content, folder, TABLES, Plan)
    return Plan(
        week=date.fromisoformat(content["week"]),
        notes=tuple(Note(key=one["key"], values=one["values"]) for one in content["notes"]),
        **{name: content[name] for name in _SCALARS},
        # Plans of before do not tell it.
        written_off=content.get(_WRITTEN_OFF, 0.0),
        **tables,
    )


def _options(content: dict[str, Any], folder: Path) -> Options | None:
    """The delivery options; None where the plan keeps none, as those of before did not."""
    told = content.get(OPTIONS)
    if told is None:
        return None
    tables = _tables(content, folder, OPTIONS, Options)
    tables |= {name: tuple(told[name]) for name in _OF_OPTIONS}
    return Options(week=date.fromisoformat(content["week"]), **tables)


def _tables(
    content: dict[str, Any], folder: Path, part: str, kind: type[Plan | Options]
) -> dict[str, Any]:
    """The frames of the plan, or of its options.

    Raises:
        MixedPlanError: If one is missing, damaged, or not the one that was written with the plan.
    """
    # Plans of before do not tell them.
    digests, found = content.get(_DIGESTS), {}
    for name in _frame_names(kind):
        file = f"{part}/{name}.parquet"
        try:
            told = (folder / file).read_bytes()
            found[name] = pl.read_parquet(io.BytesIO(told))
        except (OSError, pl.exceptions.PolarsError) as error:
            raise MixedPlanError(folder, file) from error
        if digests is not None and digests.get(file) != hashlib.sha256(told).hexdigest():
            raise MixedPlanError(folder, file)
    return found


def _frames(whole: Plan | Options, kind: type[Plan | Options]) -> dict[str, pl.DataFrame]:
    return {name: getattr(whole, name) for name in _frame_names(kind)}


def _frame_names(kind: type[Plan | Options]) -> list[str]:
    """The fields that are tables."""
    return [one.name for one in dataclasses.fields(kind) if "DataFrame" in str(one.type)]
