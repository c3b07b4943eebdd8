"""``doseline explain``: why an order gets what it gets, and what would change that."""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from doseline.cli.plan import plan_argument
from doseline.cli.screen import Words, emit, json_option

if TYPE_CHECKING:
    from collections.abc import Callable

    from doseline.plan.explain.explanation import Clash, Explanation, Fact, Solved


def make(words: Words) -> Callable[..., None]:
    """The command."""

    def explain(
        plan: Path = plan_argument(words),
        order: str = typer.Argument(
            ..., metavar=words("cli.explain_order_metavar"), help=words("cli.explain_order_help")
        ),
        *,
        as_json: bool = json_option(words),
    ) -> None:
        from doseline.cli.explain_screen import show_explanation
        from doseline.io.plans import read_plan
        from doseline.study.explained import explain_order

        began = time.perf_counter()
        planned = read_plan(plan)
        found = explain_order(planned, order)
        if as_json:
            emit(answer(found, seconds=time.perf_counter() - began))
        else:
            show_explanation(planned, found, plan, words)

    return explain


def answer(found: Explanation, *, seconds: float) -> dict[str, Any]:
    """What ``--json`` prints."""
    return {
        "order": found.order,
        "status": found.status,
        "chosen": dict(found.chosen),
        "conflict": _clash(found.conflict),
        "standing": _clash(found.standing),
        "refused": [_fact(one) for one in found.refused],
        "repairs": [
            {
                "kind": one.kind,
                "steps": [{"fact": _fact(step.fact), "more": step.more} for step in one.steps],
                "day": one.day and str(one.day),
                "site": one.site,
                "km": one.km,
                **_solved(one.solved),
            }
            for one in found.repairs
        ],
        "near": [
            {
                "why": one.why,
                "batch": one.batch,
                "day": one.day and str(one.day),
                "suite": one.suite,
                "infuse": one.infuse,
                "facts": [_fact(fact) for fact in one.facts],
                "found": None if one.solved is None else _solved(one.solved),
            }
            for one in found.near
        ],
        "worth": [
            {
                "steps": [{"fact": _fact(step.fact), "more": step.more} for step in one.steps],
                "orders": one.gained,
                "saves": [one.at_least, one.at_most],
            }
            for one in found.worth
        ],
        "free_orders": found.free_orders,
        "whole_week": found.whole_week,
        "currency": found.currency,
        "zone": found.zone,
        "seconds": round(seconds, 3),
    }


def _clash(clash: Clash | None) -> dict[str, Any] | None:
    if clash is None:
        return None
    return {
        "facts": [_fact(one) for one in clash.facts],
        "proven": clash.proven,
        "irreducible": clash.irreducible,
    }


def _fact(fact: Fact) -> dict[str, Any]:
    """A fact without its number, which has no meaning outside."""
    told = {**asdict(fact), "users": list(fact.users)}
    del told["number"]
    return told


def _solved(solved: Solved) -> dict[str, Any]:
    return {
        "cost": solved.cost,
        "objective": solved.objective,
        "at_least": solved.at_least,
        "at_least_week": solved.at_least_week,
        "moved": [asdict(one) for one in solved.moved],
        "lost": list(solved.lost),
    }
