"""What ``doseline explain`` shows: one sentence, the facts, the repairs, plans nearly as good."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from doseline.cli.explain_words import (
    fact_words,
    instant_words,
    most_words,
    moved_words,
    need_words,
    repair_words,
    steps_words,
    used_words,
    users_words,
    way_words,
    where_words,
    why_words,
)
from doseline.cli.screen import Words, number, show, show_table

if TYPE_CHECKING:
    from pathlib import Path

    from doseline.model.planned import PlannedWeek
    from doseline.plan.explain.explanation import Clash, Explanation, Fact, Solved

_RANK = ("swap", "window", "more", "site")
"""Kinds of repairs, those first that ask least of others."""
_NO_MONEY = 0.005
"""Differences below this are rounding. [currency]"""


def show_explanation(planned: PlannedWeek, found: Explanation, folder: Path, words: Words) -> None:
    """Everything that was found about one order, and what to do next."""
    show(_headline(planned, found, words))
    _show_reason(planned, found, words)
    _show_conflict(found, words)
    if found.refused:
        _show_refused(found, words)
    _show_repairs(found, words)
    _show_near(found, words)
    _show_worth(found, words)
    show("")
    _show_proof(found, words)
    _show_next(planned, found, folder, words)


def _headline(planned: PlannedWeek, found: Explanation, words: Words) -> str:
    row = _row(planned, found)
    told = {name: row[name] for name in ("order", "product", "site", "earliest", "latest")}
    kind = words(f"explain.kind_of_order.{row['kind']}")
    chosen = {name: found.chosen.get(name, "") for name in ("batch", "line", "lanes", "suite")}
    at = instant_words(found.chosen.get("infuse", ""), words)
    return words(f"explain.status.{found.status}", **told, kind=kind, **chosen, at=at)


def _show_reason(planned: PlannedWeek, found: Explanation, words: Words) -> None:
    """Of a week planned again, why the order has no dose there: what is asked is what is left."""
    if planned.at is None or found.status == "served":
        return
    told = planned.plan.flows.filter(order=found.order).row(0, named=True)
    link, reason = words(f"report.link.{told['link']}"), words(f"report.reason.{told['reason']}")
    at = f"{planned.at:%Y-%m-%d %H:%M}"
    show(words("explain.planned_again", at=at, link=link, reason=reason))


def _row(planned: PlannedWeek, found: Explanation) -> dict[str, Any]:
    """The order's row."""
    orders = planned.network.frame("orders")
    return orders.row(orders["order"].to_list().index(found.order), named=True)


def _show_conflict(found: Explanation, words: Words) -> None:
    """The conflict whatever is moved; else the one as things stand."""
    if found.conflict is not None:
        _show_clash(found.conflict, "conflict", words)
    same = found.conflict is not None and found.standing is not None
    if found.standing is not None and not (
        same and _numbers(found.standing) == _numbers(found.conflict)
    ):
        _show_clash(found.standing, "standing", words)


def _numbers(clash: Clash | None) -> list[int]:
    return [] if clash is None else [one.number for one in clash.facts]


def _show_clash(clash: Clash, name: str, words: Words) -> None:
    title = words(f"explain.title.{name}", count=number(len(clash.facts), 0))
    _show_facts(title, clash.facts, words)
    proof = "proven" if clash.irreducible else "larger" if clash.proven else "unproven"
    show(words(f"explain.proof.{name}_{proof}"))


def _show_facts(title: str, facts: tuple[Fact, ...], words: Words) -> None:
    columns = ("fact", "where", "most", "used", "need", "users")
    show_table(
        title,
        [words(f"explain.col.{name}") for name in columns],
        [
            [
                fact_words(one, words) + (words("explain.fixed_joint") if one.fixed else ""),
                where_words(one, words),
                most_words(one, words),
                used_words(one, words),
                need_words(one, words),
                users_words(one.users, words),
            ]
            for one in facts
        ],
    )


def _show_refused(found: Explanation, words: Words) -> None:
    show_table(
        words("explain.title.refused"),
        [words("explain.col.check"), words("explain.col.ways")],
        [[where_words(one, words), need_words(one, words)] for one in found.refused],
    )
    show(words("explain.refused_fixed"))


def _show_repairs(found: Explanation, words: Words) -> None:
    if not found.repairs:
        return
    columns = ("repair", "gets", "cost", "moved")
    show_table(
        words("explain.title.repairs"),
        [words(f"explain.col.{name}", currency=found.currency) for name in columns],
        [
            [
                repair_words(one, words),
                way_words(one.solved.moved, found.order, words),
                number(one.solved.cost, 2, sign=True),
                moved_words(one.solved.moved, found.order, words),
            ]
            for one in found.repairs
        ],
    )


def _show_near(found: Explanation, words: Words) -> None:
    if not found.near:
        return
    columns = ("batch", "slot", "loses", "between", "moved", "why")
    show_table(
        words("explain.title.near"),
        [words(f"explain.col.{name}", currency=found.currency) for name in columns],
        [
            [
                one.batch,
                words("explain.slot", suite=one.suite, at=instant_words(one.infuse, words)),
                "–" if one.solved is None else _money(one.solved.objective),
                _between(one.solved),
                "–" if one.solved is None else moved_words(one.solved.moved, found.order, words),
                why_words(one, words),
            ]
            for one in found.near
        ],
    )


def _between(solved: Solved | None) -> str:
    """Where the loss of a plan lies, whatever the whole week does."""
    if solved is None or solved.at_least_week is None:
        return "–"
    return f"{_money(solved.at_least_week)} … {_money(solved.objective)}"


def _money(value: float) -> str:
    return number(0.0 if abs(value) < _NO_MONEY else value, 2, sign=True)


def _show_worth(found: Explanation, words: Words) -> None:
    if not found.worth:
        return
    columns = ("more", "orders", "saves")
    show_table(
        words("explain.title.worth"),
        [words(f"explain.col.{name}", currency=found.currency) for name in columns],
        [
            [
                steps_words(one.steps, words),
                number(one.gained, 0, sign=True),
                f"{number(one.at_least, 0)} … {number(one.at_most, 0)}",
            ]
            for one in found.worth
        ],
    )


def _show_proof(found: Explanation, words: Words) -> None:
    """What was free where it was solved again."""
    name = "whole" if found.whole_week else "part"
    show(words(f"explain.free_{name}", orders=number(found.free_orders, 0)))


def _show_next(planned: PlannedWeek, found: Explanation, folder: Path, words: Words) -> None:
    """What to do next."""
    if found.status == "served":
        show(words("explain.next_served", folder=folder))
    elif found.repairs:
        best = min(found.repairs, key=lambda one: (_RANK.index(one.kind), len(one.steps)))
        show(words("explain.next_repair", repair=repair_words(best, words)))
    else:
        monday = planned.plan.week + timedelta(days=7)
        site = _row(planned, found)["site"]
        show(words("explain.next_none", folder=folder, site=site, monday=monday))
