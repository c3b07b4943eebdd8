"""Facts, changes and plans of an explanation in words."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from doseline.cli.screen import Words, number
from doseline.io.text import messages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from doseline.plan.explain.explanation import Fact, Moved, Near, Repair, Step

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_INSTANTS = frozenset({"start", "end", "at", "reference", "infuse"})
_FEW = 3
"""Orders that are named; the rest are counted."""
_NOT_COUNTED = frozenset({"window", "changeover", "no_lot", "refused"})
"""Kinds of which there is no amount."""


def fact_words(fact: Fact, words: Words) -> str:
    """What a fact is; the kind's own name where the catalogue has no words for it."""
    return _known(words, "explain.kind", fact.kind)


def where_words(fact: Fact, words: Words) -> str:
    """Its place and time."""
    told = dict(fact.where)
    if "start" in told:
        told.pop("day", None)
    if "start" in told and "end" in told:
        told["start"] = _span(told["start"], told.pop("end"))
    parts = [
        words("explain.part." + name, value=_value(name, value, words))
        for name, value in told.items()
        if value
    ]
    return words.listed(parts)


def most_words(fact: Fact, words: Words) -> str:
    """How much there is of it."""
    return "–" if fact.kind in _NOT_COUNTED else amount(fact.most, fact.unit, words)


def used_words(fact: Fact, words: Words) -> str:
    """How much of it others take."""
    return "–" if fact.kind in _NOT_COUNTED else amount(fact.used, fact.unit, words)


def need_words(fact: Fact, words: Words) -> str:
    """How much of it the order takes."""
    if fact.kind == "refused":
        return amount(fact.need, fact.unit, words)
    return "–" if fact.kind in _NOT_COUNTED else amount(fact.need, fact.unit, words)


def users_words(names: Sequence[str], words: Words) -> str:
    """The first of some orders, and how many more there are."""
    if not names:
        return "–"
    first = words.listed(list(names[:_FEW]))
    more = len(names) - _FEW
    return words("explain.and_more", names=first, more=number(more, 0)) if more > 0 else first


def amount(value: float, unit: str, words: Words) -> str:
    """An amount with its unit; vials of some nuclides hold a hundredth of a GBq."""
    small = unit == "GBq" and abs(value) < 1.0
    whole = math.isclose(value, round(value), abs_tol=0.005) and not small
    shown = number(value, 4 if small else 0 if whole else 2)
    return words("explain.unit." + (unit or "none"), value=shown)


def repair_words(repair: Repair, words: Words) -> str:
    """What a repair changes."""
    if repair.kind == "more":
        return steps_words(repair.steps, words)
    km = "" if repair.km is None else number(repair.km, 0)
    return words(f"explain.repair.{repair.kind}", day=repair.day, site=repair.site, km=km)


def steps_words(steps: Sequence[Step], words: Words) -> str:
    """So much more of some facts; those of several roles at one place and time are told together."""
    alike: dict[tuple[str, ...], list[Step]] = {}
    for step in steps:
        place = {name: value for name, value in step.fact.where.items() if name != "role"}
        alike.setdefault((step.fact.kind, *place.values()), []).append(step)
    return words("explain.and_joint").join(_more_words(group, words) for group in alike.values())


def _more_words(steps: Sequence[Step], words: Words) -> str:
    """So much more of facts that differ in their role alone."""
    first = steps[0].fact
    if len(steps) == 1:
        much = amount(steps[0].more, first.unit, words)
        where = where_words(first, words)
        return words("explain.more", amount=much, what=fact_words(first, words), where=where)
    roles = [
        words(
            "explain.role_amount",
            role=_value("role", step.fact.where["role"], words),
            amount=amount(step.more, step.fact.unit, words),
        )
        for step in steps
    ]
    place = {name: value for name, value in first.where.items() if name != "role"}
    return words(
        "explain.more_of_roles",
        what=fact_words(first, words),
        where=where_words(replace(first, where=place), words),
        roles=words.listed(roles),
    )


def why_words(near: Near, words: Words) -> str:
    """Why a plan loses."""
    lost = () if near.solved is None else near.solved.lost
    what = words.listed(list(dict.fromkeys(fact_words(one, words) for one in near.facts)))
    names = users_words(lost, words)
    return words(f"explain.why.{near.why}", orders=names, what=what or "–")


def moved_words(moved: Sequence[Moved], order: str, words: Words) -> str:
    """Who else gets something else."""
    return users_words([one.order for one in moved if one.order != order], words)


def way_words(moved: Sequence[Moved], order: str, words: Words) -> str:
    """What the order then gets."""
    mine = next((one.after for one in moved if one.order == order), {})
    if not mine:
        return "–"
    at = instant_words(mine["infuse"], words)
    return words("explain.way", batch=mine["batch"], suite=mine["suite"], at=at)


def instant_words(text: str, words: Words) -> str:
    """An instant with the weekday in the reader's language."""
    day, _, rest = text.partition(" ")
    if day not in _WEEKDAYS:
        return text
    return f"{words(f'headroom.weekday.{_WEEKDAYS.index(day)}')} {rest}"


def _value(name: str, value: str, words: Words) -> str:
    if name in _INSTANTS:
        return instant_words(value, words)
    if name == "role":
        return _known(words, "headroom.stop", value)
    if name == "check":
        return _known(words, "report.reason", value)
    if name == "link":
        return _known(words, "report.link", value)
    return _known(words, f"explain.{name}", value) if name in {"per", "what"} else value


def _known(words: Words, group: str, name: str) -> str:
    """The words of a name, or the name itself where the catalogue has none."""
    key = f"{group}.{name}"
    return words(key) if key in messages() else name.replace("_", " ")


def _span(start: str, end: str) -> str:
    """From one instant to another on the same day."""
    day, _, clock = end.rpartition(" ")
    same = start.startswith(day)
    return f"{start[:-6]}–{clock}" if same else f"{start} – {end}"
