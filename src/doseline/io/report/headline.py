"""The result in a few tiles and sentences: what came out, what binds, what to find out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from doseline.io.report.charts.values import value_rows
from doseline.io.report.numbers import percent, plain
from doseline.io.report.parts import Row, records
from doseline.io.report.words import Word, either, label, listed, same, word
from doseline.model.catalogue import BY_NAME
from doseline.model.result import NAMED_CHANGES, told_apart

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from doseline.io.report.cohort import Cohort
    from doseline.io.report.privacy import Privacy
    from doseline.model.result import RunResult

_INPUT = ("input", "evidence", "kind", "effect", "assumed", "share", "title", "title_zh")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One number with its unit, what it is, and its interval."""

    name: Word
    value: Word
    about: Word
    define: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence, and the section that it sums up."""

    text: Word
    section: str

    @property
    def title(self) -> Word:
        """The heading of that section."""
        return word(f"section.{self.section}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """The first thing that a reader sees."""

    tiles: Sequence[Tile]
    sentences: Sequence[Sentence]


def headline(result: RunResult, cohort: Cohort, privacy: Privacy) -> Headline:
    """The result in tiles and sentences."""
    values = value_rows(frame(result, "values"))
    return Headline(
        tiles=[
            *_cohort_tiles(result, cohort, privacy),
            *_dose_tile(result, privacy),
            Tile(
                name=word("headline.assumed"),
                value=same(percent(result.assumption_share, 0)),
                about=word("headline.assumed_about"),
                define="assumed",
            ),
        ],
        sentences=[
            Sentence(text=came_out(result, cohort, privacy), section="classes"),
            Sentence(text=binds(cohort), section="ledger"),
            *(Sentence(text=one, section="values") for one in most_valuable(values)),
            Sentence(text=find_out(result), section="assumptions"),
            Sentence(
                text=word("headline.rests", share=percent(result.assumption_share, 0)),
                section="sources",
            ),
        ],
    )


def frame(result: RunResult, name: str) -> pl.DataFrame:
    """A frame of the answer; one without columns where it is missing."""
    return result.frames[name] if name in result.frames else result.network.frame("orders").clear()


def _shares(result: RunResult, cohort: Cohort) -> dict[str, str] | None:
    """Share treated in time with its interval, if it may be shown."""
    group = cohort.of("in_time")
    if group is None or not group.shown or not cohort.eligible:
        return None
    share = result.share_in_time
    return {
        "eligible": plain(cohort.eligible),
        "share": percent(share.value),
        "low": percent(share.low),
        "high": percent(share.high),
    }


def _cohort_tiles(result: RunResult, cohort: Cohort, privacy: Privacy) -> list[Tile]:
    shares, group = _shares(result, cohort), cohort.of("in_time")
    share, people = word("headline.share"), word("headline.people")
    if shares is None or group is None:
        hidden = word("headline.hidden_about")
        return [Tile(name=share, value=privacy.blank, about=hidden, define="in_time")]
    span = {"low": plain(group.low), "high": plain(group.high)}
    return [
        Tile(
            name=share,
            value=same(shares["share"]),
            about=word("headline.share_about", **shares),
            define="in_time",
        ),
        Tile(
            name=people,
            value=word("headline.people_unit", count=plain(group.people)),
            about=word("headline.people_about", **span),
            define="interval",
        ),
    ]


def _dose_tile(result: RunResult, privacy: Privacy) -> list[Tile]:
    """Doses infused as planned, as the dose account shows them."""
    rows = records(frame(result, "doses"), ("ending", "doses"))
    counts = [row["doses"] or 0 for row in rows]
    told = zip(rows, counts, privacy.hidden(counts), strict=True)
    infused = next((n for row, n, gone in told if row["ending"] == "infused" and not gone), None)
    if infused is None:
        return []
    return [
        Tile(
            name=word("headline.doses"),
            value=word("headline.doses_unit", count=plain(infused)),
            about=word("headline.doses_about", ordered=plain(sum(counts))),
            define="dose_account",
        )
    ]


def came_out(result: RunResult, cohort: Cohort, privacy: Privacy) -> Word:
    """How many of the eligible are treated in time."""
    shares = _shares(result, cohort)
    if shares is None or privacy.hides(cohort.eligible):
        return word("headline.came_out_hidden")
    return word("headline.came_out", **shares)


def binds(cohort: Cohort) -> Word:
    """The link at which most patients are lost."""
    told = [group for group in cohort.links if group.shown and group.people > 0]
    if not told:
        return word("headline.binds_nothing")
    worst = max(told, key=lambda group: group.people)
    return word("headline.binds", link=label("link", worst.key), patients=plain(worst.people))


def most_valuable(values: Sequence[Row]) -> list[Word]:
    """The three most valuable changes, or that they cannot be told apart yet."""
    if not told_apart(values):
        return [word("headline.top_cannot")]
    first, second, third = (_change(row) for row in values[:NAMED_CHANGES])
    return [word("headline.top_three", count=len(values), first=first, second=second, third=third)]


def _change(row: Row) -> Word:
    return word(
        "headline.top_one",
        link=label("link", row["link"]),
        patients=plain(row["patients"], 1),
        low=plain(row["low"], 1),
        high=plain(row["high"], 1),
        unit=label("unit", row["unit"]),
    )


def find_out(result: RunResult) -> Word:
    """The inputs whose assumed part moves the result the most."""
    rows = sorted(assumption_rows(result), key=lambda row: -doubt(row))
    named = [input_name(row["input"]) for row in rows[:NAMED_CHANGES] if doubt(row) > 0]
    if not named:
        return word("headline.find_out_none")
    return word("headline.find_out", inputs=listed(named))


def doubt(row: Row) -> float:
    """Effect of an input as far as it rests on assumptions."""
    return abs(float(row["effect"] or 0.0)) * float(row["assumed"] or 0.0)


def assumption_rows(result: RunResult) -> list[Row]:
    """The inputs by effect, the largest first."""
    rows = records(frame(result, "assumptions"), _INPUT)
    return sorted(rows, key=lambda row: -abs(row["effect"] or 0.0))


def input_name(key: str) -> Word:
    """What an input is called: by its key, as a column ``table.column``, or as it is."""
    table, _, column = key.partition(".")
    described = BY_NAME.get(table)
    found = next(
        (one for one in (described.columns if described else ()) if one.name == column), None
    )
    if described is None or found is None:
        return label("input", key)
    return either(f"{found.doc} ({key})", f"{found.doc_zh}（{key}）")
