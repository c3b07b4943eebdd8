"""The page of a planned week: what runs, leaves and is given when, and who is left.

It is for operations: nothing is hidden, however few people it is of.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

from markupsafe import Markup

from doseline.io.report.charts.departures import departures_figure, suites_figure
from doseline.io.report.charts.gantt import gantt_figure
from doseline.io.report.definitions import general_definitions
from doseline.io.report.headline import Tile
from doseline.io.report.lists import plan_tables
from doseline.io.report.moments import of_row
from doseline.io.report.numbers import NOTHING, day, instant, money, percent, plain
from doseline.io.report.parts import Figure, Section, Table, number_column, text_column, time_column
from doseline.io.report.plan_lists import LISTS
from doseline.io.report.plan_promises import promise_sections
from doseline.io.report.printed import KINDS
from doseline.io.report.printed import number as significant
from doseline.io.report.privacy import Privacy
from doseline.io.report.render import render
from doseline.io.report.rests import slug
from doseline.io.report.words import Word, either, label, same, word
from doseline.model.catalogue import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from doseline.io.report.parts import Cell
    from doseline.io.report.printed import Sheet
    from doseline.model.flows import Note, Plan
    from doseline.model.planned import PlannedWeek
    from doseline.model.sheets import Sheets

EVERYONE = Privacy(1)
"""A page for operations shows every group."""
_DEFINED = (
    *("exact", "dose_account", "objective", "bound", "gap", "gap_of_cost", "more_orders"),
    *("activity_account", "link", "lot", "batch", "leg", "chair", "transport_index"),
)
_QUANTITIES = ("lots.capacity_gbq", "batches.max_doses", "batches.max_activity_gbq")
_PROVEN = 5e-5
"""A gap of cost below this is told as none. [unitless]"""


def render_plan(
    planned: PlannedWeek,
    sheets: Sheets,
    lists: Sequence[Sheet],
    *,
    language: str = "en",
    more: Sequence[Section] = (),
) -> str:
    """The page of a planned week as one HTML file; the same input, the same bytes.

    Args:
        planned: The week.
        sheets: Its lists.
        lists: The same to print, of :func:`doseline.io.report.printed_lists.lists_of`.
        language: The language that is shown first; the page holds both.
        more: Sections that follow the week's own, for instance how robust it is.

    Raises:
        UnknownLanguageError: If there is no text in that language.
    """
    settings = planned.network.settings
    return render(
        "plan",
        language=language,
        title=word("plan_page.title", network=either(settings.name, settings.name_zh)),
        about=word("plan_page.about", week=day(planned.plan.week)),
        tiles=_tiles(planned, sheets),
        sentences=_sentences(planned),
        sections=[
            *_sections(planned, sheets, lists),
            *promise_sections(planned.plan, settings.currency),
            *more,
            _proof(planned),
        ],
        definitions=general_definitions(EVERYONE, _DEFINED),
        quantities=_quantities(),
        version=version("doseline"),
    )


def _tiles(planned: PlannedWeek, sheets: Sheets) -> list[Tile]:
    plan, frames = planned.plan, sheets.frames
    orders, left = plan.flows.height, frames["left"].height
    vials, departures = frames["vials"].height, frames["departures"]
    most = departures["packages"].max() if departures.height else 0
    return [
        Tile(
            name=word("plan_page.served"),
            value=word("plan_page.of", part=plain(orders - left), whole=plain(orders)),
            about=proof(plan),
            define="dose_account",
        ),
        Tile(
            name=word("plan_page.batches"),
            value=word(
                "plan_page.of",
                part=plain(frames["batches"].height),
                whole=plain(plan.batches.height),
            ),
            about=word("plan_page.batches_about", vials=plain(vials)),
            define="batch",
        ),
        Tile(
            name=word("plan_page.departures"),
            value=same(plain(departures.height)),
            about=word("plan_page.departures_about", most=plain(int(str(most)))),
            define="leg",
        ),
        Tile(
            name=word("plan_page.cost"),
            value=same(money(plan.cost, planned.network.settings.currency)),
            about=word("plan_page.cost_about"),
            define="gap_of_cost",
        ),
    ]


def proof(plan: Plan) -> Word:
    """How near the plan is to the best one."""
    if plan.more_orders:
        return word("plan_page.short", orders=plain(plan.more_orders))
    if plan.gap_of_cost < _PROVEN:
        return word("plan_page.best")
    return word("plan_page.near", gap=percent(plan.gap_of_cost, 2))


def _sentences(planned: PlannedWeek) -> list[Word]:
    """What to know before the plan is read."""
    said = [word("plan_page.operations")]
    if planned.drawn:
        said.append(word("plan_page.drawn"))
    if planned.at is not None:
        said.append(word("plan_page.at", at=instant(planned.at)))
    said += [word("plan_page.event", event=event) for event in planned.events]
    return said


def _sections(planned: PlannedWeek, sheets: Sheets, lists: Sequence[Sheet]) -> list[Section]:
    frames = sheets.frames
    return [
        Section(
            key="plan_batches",
            say=[word("plan_page.say_batches")],
            tables=_filled(_batches_table(frames["batches"], lists)),
        ),
        Section(key="plan_week", figures=_some(gantt_figure(planned, EVERYONE))),
        Section(key="plan_departures", figures=_some(departures_figure(frames["departures"]))),
        Section(key="plan_suites", figures=_some(suites_figure(frames["days"]))),
        Section(
            key="plan_lists",
            say=[word("plan_page.say_lists")],
            tables=[_lists_table(kind, lists) for kind in KINDS],
        ),
        Section(
            key="plan_left",
            say=[
                word("plan_page.say_left" if frames["left"].height else "plan_page.say_none_left")
            ],
            tables=_filled(_left_table(frames["left"])),
        ),
    ]


def _some(figure: Figure | None) -> Sequence[Figure]:
    return () if figure is None else (figure,)


def _filled(table: Table) -> Sequence[Table]:
    return (table,) if table.rows else ()


def _batches_table(batches: pl.DataFrame, lists: Sequence[Sheet]) -> Table:
    """Each batch that runs against what it can make; it leads to its batch sheet."""
    key_of = {one.name: one.key for one in lists if one.kind == "line"}
    return Table(
        caption=word("section.plan_batches"),
        columns=[
            text_column("batch", "batch"),
            text_column("line"),
            text_column("product"),
            number_column("doses", "dose_account"),
            number_column("max_doses", "batches.max_doses"),
            number_column("activity", "activity_account"),
            number_column("max_activity", "batches.max_activity_gbq"),
            time_column("plan_start"),
            time_column("plan_calibration"),
            time_column("plan_release"),
        ],
        rows=[
            [
                _link(same(row["batch"]), key_of[row["line"]]),
                same(row["line"]),
                same(row["product"]),
                same(plain(row["vials"])),
                same(plain(row["max_vials"])),
                same(significant(row["activity_gbq"])),
                same(significant(row["max_activity_gbq"])),
                *(same(of_row(row, name)) for name in ("start", "calibration", "release")),
            ]
            for row in batches.iter_rows(named=True)
        ],
    )


def _link(name: Word, key: str) -> Markup:
    """A name that leads to its list."""
    return Markup('<a href="{}#{}">{}</a>').format(LISTS, key, name)


def _lists_table(kind: str, lists: Sequence[Sheet]) -> Table:
    """The lists of one kind, each a link, busiest first."""
    mine = sorted((one for one in lists if one.kind == kind), key=lambda one: -one.size)
    return Table(
        caption=word(f"planlists.kind_{kind}"),
        columns=[text_column("plan_list"), number_column("plan_size", "leg")],
        rows=[[_link(one.title, one.key), same(plain(one.size))] for one in mine],
    )


def _left_table(left: pl.DataFrame) -> Table:
    """Each order that gets nothing, by what stands in its way."""
    return Table(
        caption=word("section.plan_left"),
        columns=[
            text_column("plan_order"),
            text_column("plan_patient"),
            text_column("site"),
            text_column("product"),
            text_column("plan_cycle"),
            text_column("plan_window"),
            text_column("link"),
            text_column("reason"),
        ],
        rows=[
            [
                same(row["order"]),
                same(row["patient"]),
                same(row["site"]),
                same(row["product"]),
                label("sheet.kind", row["kind"]),
                word("text.range", low=day(row["earliest"]), high=day(row["latest"])),
                label("link", row["link"]),
                label("reason", row["reason"]),
            ]
            for row in left.sort("link", "reason", "site", "order").iter_rows(named=True)
        ],
    )


def _proof(planned: PlannedWeek) -> Section:
    """How good the plan is proven to be, and by what rules it was made."""
    plan = planned.plan
    status = word("say.plan", status=label("status", plan.status), solver=plan.solver or NOTHING)
    return Section(
        key="plan",
        say=[status, *map(_note, plan.notes)],
        tables=plan_tables(planned, EVERYONE),
    )


def _note(note: Note) -> Word:
    return word(f"note.{note.key}", **note.values)


def _quantities() -> Table:
    """The columns of the network that the page's limits come from."""
    rows: list[Sequence[Cell]] = []
    for name in _QUANTITIES:
        table, _, column_name = name.partition(".")
        column = BY_NAME[table].column(column_name)
        meant = either(column.doc, column.doc_zh)
        rows.append([Markup('<span id="q-{}">{}</span>').format(slug(name), name), meant])
    return Table(
        caption=word("table.quantities"),
        columns=[text_column("quantity_name"), text_column("meaning")],
        rows=rows,
    )
