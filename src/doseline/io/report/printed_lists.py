"""The lists that lines, carriers and sites print: batch sheets, manifests and day lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.io.report.moments import at_place, clock, day_word, of_row
from doseline.io.report.numbers import NOTHING, plain
from doseline.io.report.printed import Part, Sheet, grouped, number, rows_of, table
from doseline.io.report.words import Word, either, label, same, word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from doseline.io.report.parts import Cell, Row
    from doseline.model.sheets import Sheets

BOX = "\N{BALLOT BOX}"
_PACKAGE = (
    *("#number", "order", "product", "nuclide", "un", "label", "#index"),
    *("#gbq_departure", "#mci_departure", "final"),
)
_INFUSION = (
    *("time", "suite", "patient", "order", "product", "cycle", "ordered", "allowed"),
    *("#volume", "arrival", "expiry", "survey", "assay", "identity"),
)


def lists_of(sheets: Sheets) -> list[Sheet]:
    """Every list, lines first, then carriers and sites."""
    return [*_lines(sheets), *_carriers(sheets), *_sites(sheets)]


def _lines(sheets: Sheets) -> list[Sheet]:
    """A batch sheet for each line that runs."""
    vials = {rows[0]["batch"]: rows for rows in grouped(rows_of(sheets.frames["vials"]), _batch)}
    lots = {rows[0]["batch"]: rows for rows in grouped(rows_of(sheets.frames["isotope"]), _batch)}
    groups = grouped(rows_of(sheets.frames["batches"]), lambda row: (row["line"],))
    return [
        Sheet(
            key=f"line-{place}",
            kind="line",
            name=rows[0]["line"],
            title=_named(rows[0], "line"),
            size=sum(row["vials"] for row in rows),
            about=[word("planlists.clocks", zone=rows[0]["start_zone"])],
            parts=[
                _batch_part(row, lots.get(row["batch"], []), vials.get(row["batch"], []))
                for row in rows
            ],
        )
        for place, rows in enumerate(groups, start=1)
    ]


def _batch(row: Row) -> tuple[str, ...]:
    return (row["batch"],)


def _named(row: Row, of: str) -> Word:
    """A short name with what it stands for."""
    long = either(row[f"{of}_name"] or "", row[f"{of}_name_zh"])
    return Word(
        *(f"{row[of]} · {one}" if one and one != row[of] else row[of] for one in (long.en, long.zh))
    )


def _batch_part(batch: Row, lots: Sequence[Row], vials: Sequence[Row]) -> Part:
    """One batch: its times, what it draws, its vials, its totals."""
    names = ("start", "calibration", "release")
    times = [word(f"planlists.{name}", time=of_row(batch, name)) for name in names]
    totals = word(
        "planlists.batch_totals",
        vials=plain(batch["vials"]),
        most=plain(batch["max_vials"]),
        gbq=number(batch["activity_gbq"]),
        mci=number(batch["activity_mci"]),
        most_gbq=number(batch["max_activity_gbq"]),
        ml=number(batch["volume_ml"]),
    )
    return Part(
        title=same(f"{batch['batch']} · {batch['product']} ({batch['nuclide']})"),
        facts=[*times, totals],
        tables=[
            table(
                word("planlists.isotope"),
                ("lot", "source", "reference", "#gbq_reference", "#mci_reference"),
                [
                    [row["lot"], row["source"] or NOTHING, of_row(row, "reference"), *_both(row)]
                    for row in lots
                ],
            ),
            table(
                word("planlists.vials"),
                ("#number", "order", "patient", "site", "#gbq", "#mci", "#volume", "depart"),
                [
                    [
                        str(place),
                        row["order"],
                        row["patient"],
                        row["site"],
                        *_both(row),
                        number(row["volume_ml"]),
                        of_row(row, "depart"),
                    ]
                    for place, row in enumerate(vials, start=1)
                ],
            ),
        ],
    )


def _both(row: Row) -> list[Cell]:
    """Activity in both units."""
    return [number(row["activity_gbq"]), number(row["activity_mci"])]


def _carriers(sheets: Sheets) -> list[Sheet]:
    """A manifest for each carrier, or mode, and place where it takes over packages."""
    groups = grouped(rows_of(sheets.frames["packages"]), _carrier_key)
    return [
        Sheet(
            key=f"carrier-{place}",
            kind="carrier",
            name=rows[0]["from_place"],
            title=word("planlists.carrier", carrier=_carrier(rows[0]), place=rows[0]["from_place"]),
            size=len(rows),
            about=[word("planlists.clocks", zone=rows[0]["depart_zone"])],
            parts=[_departure(one) for one in grouped(rows, _departure_key)],
        )
        for place, rows in enumerate(groups, start=1)
    ]


def _carrier_key(row: Row) -> tuple[str, ...]:
    return (row["carrier"] or "", row["mode"] or "", row["from_place"])


def _departure_key(row: Row) -> tuple[str, ...]:
    return (row["depart_utc"].isoformat(), row["lane"])


def _carrier(row: Row) -> Word:
    """Who carries: the carrier with its vehicle, or the vehicle alone."""
    mode = label("mode", row["mode"])
    name = row["carrier"]
    return Word(f"{name} ({mode.en})", f"{name}（{mode.zh}）") if name else mode


def _departure(rows: Sequence[Row]) -> Part:
    """One departure: by when, what, and the sum of the transport index."""
    first = rows[0]
    return Part(
        title=word(
            "planlists.departure",
            time=of_row(first, "depart"),
            lane=first["lane"],
            place=first["to_place"],
        ),
        facts=[
            word(
                "planlists.departure_about",
                hand_over=of_row(first, "hand_over"),
                arrive=of_row(first, "arrive"),
            ),
            word(
                "planlists.departure_totals",
                count=plain(len(rows)),
                index=plain(sum(row["transport_index"] for row in rows), 1),
                gbq=number(sum(row["activity_gbq"] for row in rows)),
            ),
        ],
        tables=[
            table(
                word("planlists.packages"),
                _PACKAGE,
                [
                    [
                        str(place),
                        row["order"],
                        row["product"],
                        row["nuclide"],
                        label("sheet.package", row["package"]),
                        label("sheet.label", row["label"]),
                        plain(row["transport_index"], 1),
                        *_both(row),
                        row["site"],
                    ]
                    for place, row in enumerate(rows, start=1)
                ],
            )
        ],
    )


def _sites(sheets: Sheets) -> list[Sheet]:
    """A day list for each site."""
    groups = grouped(rows_of(sheets.frames["days"]), lambda row: (row["site"],))
    return [
        Sheet(
            key=f"site-{place}",
            kind="site",
            name=rows[0]["site"],
            title=_named(rows[0], "site"),
            size=len(rows),
            about=[
                word("planlists.clocks", zone=rows[0]["infuse_zone"]),
                word("planlists.receipt"),
            ],
            parts=[_day(one) for one in grouped(rows, lambda row: (str(row["day"]),))],
        )
        for place, rows in enumerate(groups, start=1)
    ]


def _day(rows: Sequence[Row]) -> Part:
    """One day of a site, with boxes to tick."""
    return Part(
        title=Word(*(f"{one}, {rows[0]['day']:%Y}" for one in _both_languages(rows[0]))),
        tables=[
            table(
                word("planlists.infusions"),
                _INFUSION,
                [_infusion(row) for row in sorted(rows, key=lambda one: one["infuse_utc"])],
            )
        ],
    )


def _both_languages(row: Row) -> tuple[str, str]:
    found = day_word(row["day"])
    return found.en, found.zh


def _infusion(row: Row) -> list[Cell]:
    return [
        clock(row, "infuse"),
        row["suite"],
        row["patient"],
        row["order"],
        row["product"],
        label("sheet.kind", row["kind"]),
        f"{number(row['activity_gbq'])} GBq ({number(row['activity_mci'])} mCi)",
        word("text.range", low=number(row["least_gbq"]), high=f"{number(row['most_gbq'])} GBq"),
        number(row["volume_ml"]),
        at_place(row["arrive_utc"], row["arrive_zone"]),
        at_place(row["expiry_utc"], row["expiry_zone"]),
        BOX,
        BOX,
        BOX,
    ]
