"""The numbers of the map: regions, sites, other places and lanes as tables."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from doseline.io.report.numbers import NOTHING, plain
from doseline.io.report.parts import Row, Table, number_column, records, text_column
from doseline.io.report.words import Word, either, label, same, word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from doseline.io.report.privacy import Privacy
    from doseline.model.network import Network
    from doseline.model.result import RunResult

_SITE = ("site", "name", "name_zh", "lat", "lon", "setting", "doses", "chairs", "offers")


def shown(region: Row, privacy: Privacy) -> bool:
    """The region has enough people to be shown."""
    people, share = region["eligible"], region["share"]
    return people is not None and share is not None and people >= privacy.smallest


def site_rows(result: RunResult) -> list[Row]:
    """The sites of the answer."""
    frame = result.frames.get("sites")
    return [] if frame is None else records(frame, _SITE)


def lanes_used(result: RunResult) -> set[str]:
    """Names of the lanes over which the plan sends a dose."""
    flows = result.plan.flows
    ways = flows["lanes"].drop_nulls().unique().to_list() if "lanes" in flows.columns else []
    return {lane for way in ways for lane in way.split(" > ")}


def tables(result: RunResult, people: Table, sites: Sequence[Row], privacy: Privacy) -> list[Table]:
    """All tables of the map that have a row."""
    every = (
        people,
        _sites(sites, privacy),
        _places(result),
        _lanes(result),
    )
    return [table for table in every if table.rows]


def people_table(
    marked: Sequence[Row], privacy: Privacy, areas: Mapping[str, Word], *, by_area: bool
) -> Table:
    """The regions, or the states or provinces, that are marked on the map."""
    caption = word("table.areas" if by_area else "table.regions", smallest=privacy.smallest)
    return Table(
        caption=caption,
        columns=[
            text_column("part_of" if by_area else "region"),
            *([] if by_area else [text_column("part_of")]),
            number_column("population", "regions.population"),
            number_column("eligible", "eligible"),
            number_column("in_time", "in_time"),
            number_column("share_in_time", "in_time"),
            text_column("main_link", "binding"),
            text_column("second_link", "binding"),
        ],
        rows=[
            [
                row["called"],
                *([] if by_area else [areas.get(row["part_of"], same(NOTHING))]),
                same(plain(row["population"])),
                same(plain(row["eligible"])),
                privacy.count(row["in_time"]),
                share_cell(row, privacy),
                label("link", row["link"]),
                label("link", row["second"]),
            ]
            for row in sorted(marked, key=lambda row: (-row["eligible"], row["region"]))
        ],
    )


def area_names(network: Network) -> dict[str, Word]:
    """What each state or province is called; a network without any is one area."""
    rows = records(network.frame("regions"), ("part_of", "part_of_zh"))
    settings = network.settings
    whole = either(settings.name, settings.name_zh)
    return {
        row["part_of"]: either(row["part_of"], row["part_of_zh"]) if row["part_of"] else whole
        for row in rows
    }


def share_band(share: float) -> Word:
    """The fifth in which a share lies."""
    level = share_level(share)
    return word("text.range", low=20 * level, high=20 * (level + 1))


def share_level(share: float) -> int:
    """Number of the fifth in which a share lies, from 0."""
    return min(int(share * 5), 4)


def share_text(row: Row, privacy: Privacy) -> str:
    """The share in time in percent, for a drawing; its fifth where it would reveal a small group."""
    in_time = row["in_time"] or 0
    if privacy.hides(in_time) or privacy.hides(row["eligible"] - in_time):
        level = share_level(row["share"])
        return f"{20 * level}–{20 * (level + 1)}"
    return plain(100 * row["share"])


def share_cell(row: Row, privacy: Privacy) -> Word:
    """The share in time; its fifth where the share would reveal a small group."""
    in_time = row["in_time"] or 0
    if privacy.hides(in_time) or privacy.hides(row["eligible"] - in_time):
        return share_band(row["share"])
    return same(plain(100 * row["share"], 1))


def _sites(sites: Sequence[Row], privacy: Privacy) -> Table:
    told = sorted(sites, key=lambda row: row["site"])
    return Table(
        caption=word("table.sites"),
        columns=[
            text_column("site"),
            text_column("setting"),
            number_column("chairs", "chair"),
            number_column("doses", "dose_account"),
            text_column("offers"),
        ],
        rows=[
            [
                either(row["name"] or row["site"], row["name_zh"]),
                label("setting", row["setting"]),
                same(plain(row["chairs"])),
                privacy.count(row["doses"]),
                word("text.yes" if row["offers"] else "text.no"),
            ]
            for row in told
        ],
    )


def _places(result: RunResult) -> Table:
    kinds = (("lines", "line"), ("sources", "source"), ("hubs", "hub"))
    return Table(
        caption=word("table.places"),
        columns=[
            text_column("place"),
            text_column("place_kind"),
            number_column("latitude", "lines.lat"),
            number_column("longitude", "lines.lon"),
        ],
        rows=[
            [
                either(row["name"], row["name_zh"]),
                word(f"map.{kind}"),
                same(plain(row["lat"], 2)),
                same(plain(row["lon"], 2)),
            ]
            for table, kind in kinds
            for row in records(result.network.frame(table), ("name", "name_zh", "lat", "lon"))
        ],
    )


def _lanes(result: RunResult) -> Table:
    used = lanes_used(result)
    rows = records(result.network.frame("lanes"), ("lane", "mode"))
    every = Counter(row["mode"] for row in rows)
    taken = Counter(row["mode"] for row in rows if row["lane"] in used)
    return Table(
        caption=word("table.lanes"),
        columns=[
            text_column("mode"),
            number_column("lanes", "leg"),
            number_column("lanes_used", "leg"),
        ],
        rows=[
            [label("mode", mode), same(plain(count)), same(plain(taken[mode]))]
            for mode, count in sorted(every.items())
        ],
    )
