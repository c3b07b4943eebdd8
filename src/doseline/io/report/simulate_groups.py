"""Treated in time by group of people: rural or not, deprivation, payer, sex and age."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from doseline.io.report.charts.forest import Dot, Dots, forest
from doseline.io.report.numbers import plain
from doseline.io.report.parts import Column, Figure, Table, number_column, text_column
from doseline.io.report.simulate_tables import number, percent_span, scenario_head
from doseline.io.report.words import Word, either, same, word
from doseline.model.demand import Payer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from doseline.io.report.simulate_tables import View
    from doseline.model.simulated import Number

BYS = ("sex", "age", "rural", "deprivation", "payer")
_UNSTATED = (("age", "unstated"), ("deprivation", "0"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group that may be shown."""

    by: str
    key: str
    eligible: Number
    share: Number

    @property
    def of(self) -> str:
        """What the estimates call it."""
        return f"{self.by}/{self.key}"


def shown_groups(view: View, scenario: str = "") -> list[Group]:
    """Groups of 11 eligible people or more in every replication, without what subtraction tells.

    Args:
        view: What is known.
        scenario: Whose; empty: the base's.
    """
    scenario = scenario or view.found.base
    everyone = view.found.number(scenario, "patients", "eligible")
    if everyone is None:
        return []
    return [one for by in BYS for one in _of(view, scenario, by, everyone.mean)]


def _of(view: View, scenario: str, by: str, everyone: float) -> list[Group]:
    """Those of one way of grouping; of a single one nothing is to be seen."""
    found = view.found
    measure, name = pl.col("measure"), pl.col("of")
    rows = found.estimates.filter(
        pl.col("scenario") == scenario,
        measure == "group_eligible",
        name.str.starts_with(f"{by}/"),
        pl.col("when").is_null(),
    ).to_dicts()
    # A replication with fewer than 11 does not tell the group: its mean would be of the others.
    counts = [row["mean"] if row["replications"] == found.replications else 1.0 for row in rows]
    untold = max(everyone - sum(row["mean"] for row in rows), 0.0)
    hide = view.privacy.hidden([*counts, untold if untold >= 1.0 else 0.0])
    groups = []
    for row, gone in zip(rows, hide[:-1], strict=True):
        eligible = found.number(scenario, "group_eligible", row["of"])
        share = found.number(scenario, "group_share", row["of"])
        if eligible and share and not gone:
            key = row["of"].partition("/")[2]
            groups.append(Group(by=by, key=key, eligible=eligible, share=share))
    groups.sort(key=_place)
    return groups if len(groups) > 1 else []


def _place(one: Group) -> tuple[bool, int, str]:
    """Groups that follow each other in their order; people of no known group last."""
    number = int(one.key) if one.key.isdigit() else 0
    return (one.by, one.key) in _UNSTATED, number, one.key


def group_name(view: View, groups: Sequence[Group], one: Group) -> Word:
    """What a group is called."""
    if one.by == "payer":
        payer = view.network.rows(Payer)[int(one.key)]
        return either(payer.name, payer.name_zh)
    if one.by == "age" and one.key.isdigit():
        ages = [int(each.key) for each in groups if each.by == "age" and each.key.isdigit()]
        after = [age for age in ages if age > int(one.key)]
        if not after:
            return word("simulate_group.age_from", age=one.key)
        return word("simulate_group.ages", first=one.key, last=min(after) - 1)
    return word(f"simulate_group.{one.by}_{one.key}")


def groups_figure(view: View, groups: Sequence[Group]) -> Figure:
    """Share in time of each group, beside that of all."""
    everyone = view.found.number(view.found.base, "share", "in_time")
    overall = 100.0 * everyone.mean if everyone else 0.0
    panels = [
        Dots(
            title=word(f"simulate_group.{by}"),
            rows=[
                _dot(group_name(view, groups, one), one.share, overall)
                for one in groups
                if one.by == by
            ],
            against=overall,
        )
        for by in BYS
        if any(one.by == by for one in groups)
    ]
    title = word("simulate.groups")
    return Figure(
        key="simulate-groups",
        title=title,
        svg=forest(
            panels, key="simulate-groups", title=title, shared_axis=word("simulate.axis_share")
        ),
        tables=[groups_table(view, groups)],
        notes=[word("simulate.note_groups", share=plain(overall, 1))],
        define="group",
    )


def _dot(name: Word, share: Number, overall: float) -> Dot:
    low, high = max(100.0 * share.low, 0.0), min(100.0 * share.high, 100.0)
    role = "good" if low > overall else "loss" if high < overall else "sum"
    return Dot(
        label=name,
        mean=100.0 * share.mean,
        low=low,
        high=high,
        text=same(f"{percent_span(share.mean, share.half).en} %"),
        role=role,
    )


def groups_table(view: View, groups: Sequence[Group]) -> Table:
    """Each group's share, and what each other scenario does to it."""
    found = view.found
    others = found.names[1:]
    return Table(
        caption=word("simulate.groups"),
        columns=[
            text_column("simulate_by"),
            text_column("simulate_group"),
            number_column("simulate_eligible", "eligible"),
            Column(head=scenario_head(found.base), define="share"),
            *(
                Column(head=word("head.simulate_points_of", scenario=name), define="difference")
                for name in others
            ),
        ],
        rows=[
            [
                word(f"simulate_group.{one.by}"),
                group_name(view, groups, one),
                same(plain(one.eligible.mean)),
                percent_span(one.share.mean, one.share.half),
                *(
                    number(found.difference(name, "group_share", one.of), 100.0, 2)
                    for name in others
                ),
            ]
            for one in groups
        ],
    )
