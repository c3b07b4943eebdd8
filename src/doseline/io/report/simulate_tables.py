"""Tables of the page of simulated years."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from doseline.io.report.numbers import hundredth, plain
from doseline.io.report.parts import Cell, Column, Row, Table, number_column, text_column
from doseline.io.report.words import Word, label, same, word
from doseline.model.ledger import CLASSES, CLINICAL, DOSE_ENDINGS, INFUSED

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from doseline.io.report.privacy import Privacy
    from doseline.model.network import Network
    from doseline.model.simulated import Number, SimulatedYears

DRAWN = 4
"""Scenarios that one picture shows."""
KINDS = ("new", "continuing", "line")
"""Who waits, in the order of the legend."""
PEOPLE = ("patients", "lost", "infusions", "doses", "lost_doses", "site_doses")
"""Measures that count people, or doses of few people, by group."""
TOTALS = ("eligible", "")
"""What such groups add up to."""
_SHORT = ("reserved_for_new", "overbook", "swap")
"""What a scenario says in a figure or a word."""
STEPS = ("made", "transit", "waiting", "infused", "residual", "waste")
"""What becomes of activity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What the page is made of."""

    network: Network
    found: SimulatedYears
    privacy: Privacy

    def whole(self, measure: str, scenario: str = "") -> list[Row]:
        """Rows of the whole time, of the base unless told otherwise."""
        return self.found.rows(scenario or self.found.base, measure).to_dicts()

    def dated(self, measure: str, scenario: str = "") -> list[Row]:
        """Rows by year or week, in order."""
        rows = self.found.rows(scenario or self.found.base, measure, dated=True)
        return rows.sort("when").to_dicts()


def drawn_note(view: View) -> list[Word]:
    """That a picture does not show all scenarios, where it does not."""
    several = len(view.found.names) > DRAWN
    return [word("simulate.note_drawn", drawn=DRAWN)] if several else []


def span(mean: float, half: float | None, digits: int = 0) -> Word:
    """A mean of what is never negative, with the interval of it."""
    return _span(mean, half, digits, most=math.inf)


def percent_span(mean: float, half: float | None) -> Word:
    """A share with the interval of it. [%]"""
    return _span(100.0 * mean, None if half is None else 100.0 * half, 1, most=100.0)


def _span(mean: float, half: float | None, digits: int, *, least: float = 0.0, most: float) -> Word:
    text = plain(mean, digits)
    if half is None:
        return same(text)
    low, high = max(mean - half, least), min(mean + half, most)
    return same(f"{text} [{plain(low, digits)}, {plain(high, digits)}]")


def number(one: Number | None, times: float = 1.0, digits: int = 0) -> Word:
    """The same of a number that there may not be, and that may be negative."""
    if one is None:
        return same("–")
    half = None if one.half is None else times * one.half
    return _span(times * one.mean, half, digits, least=-math.inf, most=math.inf)


def years_table(view: View) -> Table:
    """Share in time by year of the clock start, of every scenario."""
    names = view.found.names
    shares = {
        (name, row["when"]): row for name in names for row in view.dated("share", scenario=name)
    }
    eligible = {row["when"]: row for row in view.dated("patients") if row["of"] == "eligible"}
    return Table(
        caption=word("simulate.years"),
        columns=[
            text_column("simulate_year"),
            number_column("simulate_eligible", "eligible"),
            *(Column(head=scenario_head(name), define="share") for name in names),
        ],
        rows=[
            [
                same(when.year),
                view.privacy.count(eligible[when]["mean"]),
                *(_share_cell(view, shares.get((name, when)), eligible[when]) for name in names),
            ]
            for when in sorted({when for _, when in shares})
        ],
    )


def scenario_head(name: str) -> Word:
    """Head of a column of shares of a scenario."""
    return word("head.simulate_share_of", scenario=name)


def _share_cell(view: View, row: Row | None, eligible: Row) -> Cell:
    if row is None or view.privacy.hides(eligible["mean"]):
        return view.privacy.blank
    return percent_span(row["mean"], row["half"])


def classes_table(view: View) -> Table:
    """Patients by class."""
    rows = {row["of"]: row for row in view.whole("patients")}
    everyone = rows["eligible"]
    hide = view.privacy.hidden([rows[one]["mean"] for one in CLASSES])
    return Table(
        caption=word("simulate.classes"),
        columns=[text_column("class"), number_column("simulate_patients", "patients")],
        rows=[
            *(
                [
                    label("class", one),
                    view.privacy.blank if gone else span(rows[one]["mean"], rows[one]["half"]),
                ]
                for one, gone in zip(CLASSES, hide, strict=True)
            ),
            [word("simulate.all_eligible"), _everyone(view, everyone)],
        ],
    )


def _everyone(view: View, row: Row) -> Cell:
    if view.privacy.hides(row["mean"]):
        return view.privacy.count(row["mean"])
    return span(row["mean"], row["half"])


def people_shown(view: View) -> list[Row]:
    """Links with patients lost, the most first, that may be shown."""
    rows = [row for row in view.whole("lost") if row["mean"] > 0]
    hide = view.privacy.hidden([row["mean"] for row in rows])
    kept = [row for row, gone in zip(rows, hide, strict=True) if not gone]
    return sorted(kept, key=lambda row: -row["mean"])


def links_table(view: View) -> Table:
    """Patients and doses lost, and time spent, at each link."""
    people = {row["of"]: row for row in people_shown(view)}
    doses = {row["of"]: row for row in view.whole("lost_doses")}
    days = {row["of"]: row for row in view.whole("days")}
    links = [*people, *(one for one in days if one not in people)]
    return Table(
        caption=word("simulate.links"),
        columns=[
            text_column("simulate_link"),
            number_column("simulate_patients", "patients"),
            number_column("simulate_doses", "doses"),
            number_column("simulate_days", "days"),
        ],
        rows=[
            [
                label("link", one),
                _spanned(people.get(one), digits=0) if one in people else view.privacy.blank,
                _doses(view, doses.get(one)),
                _spanned(days.get(one), digits=1),
            ]
            for one in links
            if one in people or _some(doses.get(one)) or _some(days.get(one))
        ],
    )


def _some(row: Row | None) -> bool:
    return row is not None and row["mean"] > 0


def _spanned(row: Row | None, *, digits: int) -> Cell:
    return same("–") if row is None else span(row["mean"], row["half"], digits)


def _doses(view: View, row: Row | None) -> Cell:
    """Doses, each of which was somebody's."""
    if row is not None and view.privacy.hides(row["mean"]):
        return view.privacy.count(row["mean"])
    return _spanned(row, digits=0)


def quarters_table(view: View, shown: Sequence[date]) -> Table:
    """Share of the eligible lost at each link that may be shown, by quarter."""
    links = [row["of"] for row in people_shown(view) if row["of"] != CLINICAL]
    shares = {(row["of"], row["when"]): row for row in view.dated("lost_share")}
    return Table(
        caption=word("simulate.losing"),
        columns=[
            text_column("simulate_quarter"),
            *(Column(head=label("link", one), define="patients") for one in links),
        ],
        rows=[
            [
                same(f"{when.year}\u00a0Q{(when.month + 2) // 3}"),
                *(
                    percent_span(shares[one, when]["mean"], shares[one, when]["half"])
                    for one in links
                ),
            ]
            for when in shown
        ],
    )


def endings_table(view: View) -> Table:
    """Doses by ending."""
    rows = sorted(view.whole("doses"), key=lambda row: DOSE_ENDINGS.index(row["of"]))
    # All infusions are told elsewhere: a few late ones would be what is left of them.
    few_late = any(row["of"] in INFUSED and view.privacy.hides(row["mean"]) for row in rows)
    return Table(
        caption=word("simulate.endings"),
        columns=[text_column("simulate_ending"), number_column("simulate_doses", "doses")],
        rows=[
            [
                label("ending", row["of"]),
                view.privacy.blank if few_late and row["of"] in INFUSED else _doses(view, row),
            ]
            for row in rows
            if row["mean"] > 0
        ],
    )


def lines_table(view: View) -> Table:
    """Doses and use of each line by year."""
    use = {(row["of"], row["when"]): row for row in view.dated("line_use")}
    doses = {(row["of"], row["when"]): row for row in view.dated("line_doses")}
    return Table(
        caption=word("simulate.lines"),
        columns=[
            text_column("simulate_line"),
            text_column("simulate_year"),
            number_column("simulate_doses", "doses"),
            number_column("simulate_use", "use"),
        ],
        rows=[
            [
                same(name),
                same(when.year),
                _spanned(doses.get((name, when)), digits=0),
                percent_span(row["mean"], row["half"]),
            ]
            for (name, when), row in sorted(use.items())
        ],
    )


def sites_table(view: View) -> Table:
    """Infusions of each site."""
    rows = sorted(view.whole("site_doses"), key=lambda row: (-row["mean"], row["of"]))
    hide = view.privacy.hidden([row["mean"] for row in rows])
    return Table(
        caption=word("simulate.sites"),
        columns=[text_column("site"), number_column("simulate_infusions", "doses")],
        rows=[
            [same(row["of"]), view.privacy.blank if gone else span(row["mean"], row["half"])]
            for row, gone in zip(rows, hide, strict=True)
        ],
    )


def supply_table(view: View) -> Table:
    """What became of the activity, and how much of the isotope was drawn."""
    steps = [
        [label("simulate_step", row["of"]), same(f"{plain(row['mean'])} GBq")]
        for row in sorted(view.whole("activity"), key=lambda row: STEPS.index(row["of"]))
    ]
    drawn = [
        [
            word("simulate.drawn", source=row["of"]),
            same(f"{hundredth(row['mean'], 1)} %"),
        ]
        for row in view.whole("isotope_use")
    ]
    return Table(
        caption=word("simulate.supply"),
        columns=[text_column("simulate_what"), number_column("simulate_mean", "interval")],
        rows=[*steps, *drawn],
    )


def waiting_table(view: View) -> Table:
    """Mean number who wait in each year."""
    sums: dict[tuple[str, int], list[float]] = {}
    for row in view.dated("waiting"):
        sums.setdefault((row["of"], row["when"].year), []).append(row["mean"])
    years = sorted({year for _, year in sums})
    return Table(
        caption=word("simulate.waiting_by_year"),
        columns=[
            text_column("simulate_year"),
            *(Column(head=word(f"simulate.kind_{one}"), define="waiting") for one in KINDS),
        ],
        rows=[
            [same(year), *(_mean_cell(view, sums.get((one, year))) for one in KINDS)]
            for year in years
        ],
    )


def _mean_cell(view: View, values: Sequence[float] | None) -> Cell:
    if not values:
        return same("–")
    mean = sum(values) / len(values)
    return view.privacy.count(mean) if view.privacy.hides(mean) else same(plain(mean, 1))


def few(view: View, scenario: str = "") -> bool:
    """Whether fewer are eligible in a scenario (the base) than may be told of."""
    found = view.found
    eligible = found.number(scenario or found.base, "patients", "eligible")
    return eligible is None or eligible.mean < view.privacy.smallest


def difference_told(view: View, scenario: str, measure: str, of: str) -> Number | None:
    """How far a scenario is from the base; None where either number may not be told."""
    both = view.found.base, scenario
    if measure == "share" and any(few(view, one) for one in both):
        return None
    if measure in PEOPLE and any(_untold(view, one, measure, of) for one in both):
        return None
    return view.found.difference(scenario, measure, of)


def _untold(view: View, scenario: str, measure: str, of: str) -> bool:
    """Whether a group is too small or, of people, would tell of one that is."""
    if of in TOTALS:
        total = view.found.number(scenario, measure, of)
        return total is not None and view.privacy.hides(total.mean)
    rows = [row for row in view.whole(measure, scenario) if row["of"] not in TOTALS]
    counts = [row["mean"] for row in rows]
    people = measure == "patients"
    hide = view.privacy.hidden(counts) if people else [view.privacy.hides(one) for one in counts]
    return any(gone for row, gone in zip(rows, hide, strict=True) if row["of"] == of)


def scenarios_table(view: View) -> Table:
    """What each scenario is."""
    scenarios = view.found.scenarios
    keys = [key for key in scenarios[0] if any(one[key] for one in scenarios)]
    return Table(
        caption=word("simulate.scenarios"),
        columns=[
            (number_column if key in _SHORT else text_column)(f"simulate_{key}", "scenario")
            for key in keys
        ],
        rows=[[same(one[key] or "–") for key in keys] for one in scenarios],
    )
