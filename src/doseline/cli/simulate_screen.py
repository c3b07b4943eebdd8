"""What ``doseline simulate`` shows: how many are in time, where the others are lost, what next."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from doseline.cli.screen import Words, number, show, show_table
from doseline.io.report.privacy import Privacy
from doseline.io.report.simulate_groups import group_name, shown_groups
from doseline.io.report.simulate_money import parties_told
from doseline.io.report.simulate_tables import View, difference_told, few
from doseline.model.ledger import CLASSES
from doseline.model.simulated import Number

if TYPE_CHECKING:
    from pathlib import Path

    from doseline.io.report.words import Word
    from doseline.model.network import Network
    from doseline.model.simulated import SimulatedYears

_LINKS = 8
"""Links that the screen lists."""
_COUNTS = (("patients", "in_time"), ("infusions", ""))
"""Measures whose differences the screen shows."""
_PRIVACY = Privacy()


def show_simulated(
    network: Network, found: SimulatedYears, page: Path | None, words: Words
) -> None:
    """Tables, then what to do next."""
    view = View(network=network, found=found, privacy=_PRIVACY)
    show(_headline(view, words))
    if not few(view):
        _show_years(found, words)
        _show_classes(found, words)
        _show_links(found, words)
        _show_groups(view, words)
    _show_money(view, words)
    _show_scenarios(view, words)
    show("")
    if not few(view):
        show(_precision(found, words))
    show(words("cli.simulate_warm", weeks=found.warm_up_weeks))
    if page is None:
        show(words("cli.simulate_next"))
    else:
        show(words("cli.simulate_at", page=page))


def _headline(view: View, words: Words) -> str:
    """Share in time, or that too few are eligible to tell it."""
    found, settings = view.found, view.network.settings
    zh = words.lang == "zh" and settings.name_zh
    about = {
        "network": settings.name_zh if zh else settings.name,
        "start": found.start,
        "end": found.cohort_end,
    }
    if few(view):
        return words("cli.simulate_few", smallest=_PRIVACY.smallest, **about)
    return words(
        "cli.simulate_headline",
        share=_share(found.number(found.base, "share", "in_time")),
        horizon=found.horizon,
        patients=number(found.patients, 0),
        **about,
    )


def _precision(found: SimulatedYears, words: Words) -> str:
    """How many replications there are, and whether that is enough in every scenario."""
    about = {"replications": found.replications, "seed": found.seed}
    if found.half is None:
        return words("cli.simulate_one", **about)
    half = number(100 * found.half, 2)
    if found.precision is None:
        return words("cli.simulate_replicated", half=half, **about)
    key = "cli.simulate_precise" if found.precise else "cli.simulate_not_precise"
    return words(key, half=half, precision=number(found.precision, 2), **about)


def _show_years(found: SimulatedYears, words: Words) -> None:
    shares = {row["when"]: row for row in _dated(found, "share")}
    people = {row["when"]: row for row in _dated(found, "patients") if row["of"] == "eligible"}
    show_table(
        words("cli.simulate_years"),
        [words(f"cli.simulate_col_{name}") for name in ("year", "eligible", "share")],
        [
            [
                _year(when.year, found),
                number(people[when]["mean"], 0),
                _share(_of(shares[when])),
            ]
            for when in sorted(shares)
            if not _PRIVACY.hides(people[when]["mean"])
        ],
    )


def _year(year: int, found: SimulatedYears) -> str:
    """A calendar year, or the days of it on which clocks start."""
    first, last = (
        max(date(year, 1, 1), found.start),
        min(date(year, 12, 31), found.cohort_end - timedelta(days=1)),
    )
    whole = (first, last) == (date(year, 1, 1), date(year, 12, 31))
    return str(year) if whole else f"{first} – {last}"


def _show_classes(found: SimulatedYears, words: Words) -> None:
    rows = {row["of"]: row for row in _whole(found, "patients")}
    hide = _PRIVACY.hidden([rows[one]["mean"] for one in CLASSES])
    small = words("report.text.not_shown")
    show_table(
        words("cli.simulate_classes"),
        [words(f"cli.simulate_col_{name}") for name in ("class", "patients")],
        [
            [words(f"report.class.{one}"), small if gone else _count(_of(rows[one]))]
            for one, gone in zip(CLASSES, hide, strict=True)
        ]
        + [[words("cli.simulate_total"), _count(_of(rows["eligible"]))]],
    )


def _show_links(found: SimulatedYears, words: Words) -> None:
    rows = [row for row in _whole(found, "lost") if row["mean"] > 0]
    doses = {row["of"]: row for row in _whole(found, "lost_doses")}
    hide = _PRIVACY.hidden([row["mean"] for row in rows])
    rows = [row for row, gone in zip(rows, hide, strict=True) if not gone]
    rows.sort(key=lambda row: -row["mean"])
    show_table(
        words("cli.simulate_links"),
        [words(f"cli.simulate_col_{name}") for name in ("link", "patients", "doses")],
        [
            [
                words(f"report.link.{row['of']}"),
                _count(_of(row)),
                _doses(doses.get(row["of"]), words),
            ]
            for row in rows[:_LINKS]
        ],
    )


def _doses(row: dict[str, Any] | None, words: Words) -> str:
    """Doses lost at a link: a few of them tell of a few people."""
    if row is None:
        return "–"
    hidden = _PRIVACY.hides(row["mean"])
    return words("report.text.not_shown") if hidden else _count(_of(row))


def _show_groups(view: View, words: Words) -> None:
    """Share in time of groups of 11 people or more; nothing where there are none."""
    groups = shown_groups(view)
    if not groups:
        return
    show_table(
        words("cli.simulate_groups"),
        [words(f"cli.simulate_col_{name}") for name in ("by", "group", "eligible", "share")],
        [
            [
                words(f"report.simulate_group.{one.by}"),
                _worded(group_name(view, groups, one), words),
                number(one.eligible.mean, 0),
                _share(one.share),
            ]
            for one in groups
        ],
    )


def _show_money(view: View, words: Words) -> None:
    """What each party receives, pays and keeps."""
    parties = parties_told(view)
    sides = ("revenue", "cost", "margin")
    sums = {side: {row["of"]: row for row in _whole(view.found, side)} for side in sides}
    if not parties:
        return
    show_table(
        words("cli.simulate_money", currency=view.network.settings.currency),
        [words(f"cli.simulate_col_{name}") for name in ("party", *sides)],
        [
            [
                words(f"report.party.{party}"),
                *(_millions(_of(sums[side][party])) for side in sides),
            ]
            for party in parties
        ],
    )


def _show_scenarios(view: View, words: Words) -> None:
    found, rows = view.found, []
    if len(found.names) < 2:
        return
    for name in found.names:
        share = None if few(view, name) else found.number(name, "share", "in_time")
        points = difference_told(view, name, "share", "in_time")
        more = [_more(view, name, of, words) for of in _COUNTS]
        rows.append([name, _share(share), _points(points), *more])
    names = ("scenario", "share", "points", "more_in_time", "more_doses")
    show_table(
        words("cli.simulate_scenarios"), [words(f"cli.simulate_col_{one}") for one in names], rows
    )


def _whole(found: SimulatedYears, measure: str) -> list[dict[str, Any]]:
    return found.rows(found.base, measure).to_dicts()


def _dated(found: SimulatedYears, measure: str) -> list[dict[str, Any]]:
    return found.rows(found.base, measure, dated=True).sort(pl.col("when")).to_dicts()


def _of(row: dict[str, Any]) -> Number:
    return Number(mean=row["mean"], half=row["half"])


def _share(one: Number | None) -> str:
    """A share with its interval. [%]"""
    if one is None:
        return "–"
    if one.half is None:
        return number(100 * one.mean)
    low, high = max(one.low, 0.0), min(one.high, 1.0)
    return f"{number(100 * one.mean)} [{number(100 * low)}, {number(100 * high)}]"


def _count(one: Number) -> str:
    """A count with its interval."""
    if one.half is None:
        return number(one.mean, 0)
    return f"{number(one.mean, 0)} [{number(max(one.low, 0.0), 0)}, {number(one.high, 0)}]"


def _millions(one: Number) -> str:
    """A mean with its interval. [million]"""
    ends = "" if one.half is None else f" [{number(one.low / 1e6, 2)}, {number(one.high / 1e6, 2)}]"
    return f"{number(one.mean / 1e6, 2)}{ends}"


def _worded(one: Word, words: Words) -> str:
    return one.zh if words.lang == "zh" else one.en


def _points(one: Number | None) -> str:
    """A difference of shares with its interval. [percentage points]"""
    return _signed(one, 100.0, 2)


def _more(view: View, scenario: str, what: tuple[str, str], words: Words) -> str:
    """A difference of counts with its interval, or that it may not be told."""
    if scenario == view.found.base:
        return _signed(None, 1.0, 0)
    one = difference_told(view, scenario, *what)
    return words("report.text.not_shown") if one is None else _signed(one, 1.0, 0)


def _signed(one: Number | None, times: float, decimals: int) -> str:
    if one is None:
        return "–"
    mean = number(times * one.mean, decimals, sign=True)
    if one.half is None:
        return mean
    ends = ", ".join(number(times * end, decimals, sign=True) for end in (one.low, one.high))
    return f"{mean} [{ends}]"
