"""Planned weeks as folders: written whole or not at all, and read back."""

from __future__ import annotations

import dataclasses
import json
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import polars as pl

from doseline.errors import BadInputError
from doseline.io.convert import save
from doseline.io.folder import digest_of, load_kept
from doseline.io.tables import MARKER, write_json, write_parquet
from doseline.model.flows import Note, Plan
from doseline.model.planned import PlannedWeek

if TYPE_CHECKING:
    from pathlib import Path

    from doseline.model.network import Network

FILE = "plan.json"
NETWORK = "network"
TABLES = "tables"

_SCALARS = ("objective", "cost", "bound", "gap", "status", "solver", "penalty")


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


def write_plan(planned: PlannedWeek, fresh: Path) -> None:
    """Write a planned week into an empty folder, so that :func:`read_plan` gives it back.

    Args:
        planned: The week.
        fresh: Of :class:`doseline.io.tables.OutputFolder`.
    """
    network, plan = kept_network(planned.network), planned.plan
    save(network, fresh / NETWORK)
    write_parquet(_frames(plan), fresh / TABLES)
    content = {
        **{name: getattr(plan, name) for name in _SCALARS},
        "week": plan.week,
        "notes": [{"key": note.key, "values": dict(note.values)} for note in plan.notes],
        "drawn": planned.drawn,
        "events": list(planned.events),
        "at": planned.at,
        "network_sha256": digest_of(fresh / NETWORK),
    }
    write_json(content, fresh / FILE)


def kept_network(network: Network) -> Network:
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
        plan = _plan(content, folder)
        network = load_kept(folder / NETWORK, str(content.get("network_sha256")))
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
    )


def _plan(content: dict[str, Any], folder: Path) -> Plan:
    tables: dict[str, Any] = {one.name: _table(folder, one.name) for one in _frame_fields()}
    return Plan(
        week=date.fromisoformat(content["week"]),
        notes=tuple(Note(key=one["key"], values=one["values"]) for one in content["notes"]),
        **{name: content[name] for name in _SCALARS},
        **tables,
    )


def _table(folder: Path, name: str) -> pl.DataFrame:
    """One frame of the plan.

    Raises:
        MixedPlanError: If it is missing or damaged.
    """
    try:
        return pl.read_parquet(folder / TABLES / f"{name}.parquet")
    except (OSError, pl.exceptions.PolarsError) as error:
        raise MixedPlanError(folder, f"{TABLES}/{name}.parquet") from error


def _frames(plan: Plan) -> dict[str, pl.DataFrame]:
    return {one.name: getattr(plan, one.name) for one in _frame_fields()}


def _frame_fields() -> list[dataclasses.Field[Any]]:
    """The fields of a plan that are tables."""
    return [one for one in dataclasses.fields(Plan) if "DataFrame" in str(one.type)]
