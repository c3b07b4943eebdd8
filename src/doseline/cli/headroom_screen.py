"""Headroom on the screen: calendars with bars, each day with what stops it, and what to do next."""

from __future__ import annotations

import re
import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from doseline.cli.headroom import title_of
from doseline.cli.layout import GAP, screen_width, table_lines
from doseline.cli.screen import Words, is_styled, number, show, show_table
from doseline.study.headroom_names import SITE_RESOURCES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from doseline.model.network import Network
    from doseline.study.headroom import Headroom

BAR, FULL, SHUT = "█", "□", "·"
MOST_BAR = 8
"""Cells of a bar where there is room."""
ROOMY = 120
"""Cells of a screen that holds every resource."""
_GREEN, _PLAIN = "\x1b[32m", "\x1b[0m"


def show_headroom(network: Network, found: Headroom, words: Words) -> None:
    """Everything that a department asks in the morning."""
    title = title_of(network, found.site, words)
    show(words("headroom.title", site=title, days=found.length, start=found.start))
    if not found.length:
        show(words("headroom.no_days"))
        return
    for product, day in found.earliest.items():
        _show_earliest(found, product, day, words)
    for product in found.earliest:
        _show_calendars(found, product, words)
    show(words("headroom.legend"))
    _show_days(found, words)
    _show_stops(found, words)
    _show_next(found, words)
    _show_not_placed(found, words)
    show(words("headroom.assumes"))


def dated(day: date, words: Words) -> str:
    """A day with its weekday."""
    return f"{words(f'headroom.weekday.{day.weekday()}')} {day}"


def _show_earliest(found: Headroom, product: str, day: date | None, words: Words) -> None:
    if day is None:
        show(words("headroom.never", product=product))
        return
    by = found.days.filter(day=day, product=product)["order_by"][0]
    told = {"day": dated(day, words), "order_by": dated(by, words)}
    show(words("headroom.earliest", product=product, **told))


def _show_calendars(found: Headroom, product: str, words: Words) -> None:
    """The days of one product, each by itself and all together."""
    days = found.days.filter(product=product)
    shut = set(days.filter(pl.col("stops") == "closed")["day"])
    alone = dict(days.select("day", "acceptable").iter_rows())
    plan = found.cumulative.filter(product=product)
    total = plan["accepted"].sum()
    _show_calendar(words("headroom.alone", product=product), alone, shut, words)
    accepted = dict(plan.select("day", "accepted").iter_rows())
    title = words("headroom.together", product=product, total=total)
    _show_calendar(title, accepted, shut, words)


def _show_calendar(title: str, doses: Mapping[date, int], shut: set[date], words: Words) -> None:
    """A line a week, a column a weekday, a bar a day."""
    names = [words(f"headroom.weekday.{nth}") for nth in range(7)]
    most = max(doses.values(), default=0)
    digits = len(number(most, 0))
    free = (screen_width() - len("2026-01-01") - 7 * GAP) // 7 - digits - 1
    longest = min(max(free, 1), MOST_BAR, max(most, 1))
    first = min(doses) - timedelta(days=min(doses).weekday())
    rows = []
    for week in range((max(doses) - first).days // 7 + 1):
        monday = first + timedelta(days=7 * week)
        days = [monday + timedelta(days=nth) for nth in range(7)]
        bars = [_bar(doses.get(day), day in shut, most, longest) for day in days]
        rows.append([str(monday), *bars])
    _show_coloured(title, [words("headroom.week"), *names], rows)


def _bar(doses: int | None, shut: bool, most: int, longest: int) -> str:  # noqa: FBT001 - a cell
    """A day of the calendar: a bar of its share of the most, and the doses."""
    if doses is None:
        return ""
    if shut:
        return SHUT
    bar = BAR * max(1, round(doses / most * longest)) if doses else FULL
    return f"{bar} {number(doses, 0)}"


def _show_coloured(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table whose bars are green where the screen shows colours."""
    styled = is_styled()
    sys.stdout.write(f"\n\x1b[1m{title}{_PLAIN}\n" if styled else f"\n{title}\n")
    for line in table_lines(columns, rows, width=screen_width(), bold=styled):
        coloured = re.sub(f"{BAR}+", lambda bar: f"{_GREEN}{bar[0]}{_PLAIN}", line)
        sys.stdout.write(f"{coloured if styled else line}\n")


def _show_days(found: Headroom, words: Words) -> None:
    """Each day that is open, with what stops its next dose."""
    shown = found.days.filter(pl.col("stops") != "closed")
    if shown.is_empty():
        return
    columns = _columns(found, shown)
    show_table(
        words("headroom.details"),
        [_head(name, words) for name in columns],
        [[_cell(name, row, words) for name in columns] for row in shown.iter_rows(named=True)],
    )
    _show_wider(words)
    if shown.height < found.days.height:
        show(words("headroom.closed_days"))


def _columns(found: Headroom, shown: pl.DataFrame) -> list[str]:
    """Columns that differ between rows, and resources where there is room for them."""
    names = ["product"] if len(found.earliest) > 1 else []
    promised = [name for name in ("committed", "reserved") if shown[name].sum()]
    limited = [name for name in SITE_RESOURCES if shown[name].drop_nulls().len()]
    resources = [*limited, "supply", "order_by"] if screen_width() >= ROOMY else []
    return ["day", *names, "acceptable", *resources, *promised, "stops"]


def _head(name: str, words: Words) -> str:
    return words(f"headroom.{'stop' if name in SITE_RESOURCES else 'col'}.{name}")


def _cell(name: str, row: Mapping[str, Any], words: Words) -> str:
    value = row[name]
    if name == "stops":
        return _stop_words(row["ties"], words) + _detail(row["detail"], words)
    if value is None:
        return "–"
    if name == "day":
        return dated(value, words)
    return number(value, 0) if isinstance(value, int) else str(value)


def _stop_words(stops: str, words: Words) -> str:
    """Names of what stops together."""
    return words("headroom.joint").join(words(f"headroom.stop.{one}") for one in stops.split(" "))


def _detail(detail: str, words: Words) -> str:
    if not detail:
        return ""
    kind = "headroom.detail" if detail in {"holiday", "no_batch"} else "refusal"
    return f" ({words(f'{kind}.{detail}')})"


def _show_stops(found: Headroom, words: Words) -> None:
    """What stops how many days, and what one unit more would let through."""
    days = "days" if len(found.earliest) == 1 else "product_days"
    show_table(
        words("headroom.summary"),
        [words(f"headroom.col.{name}") for name in ("stops", days, "alone", "more")],
        [
            [
                _stop_words(row["stops"], words),
                number(row["days"], 0),
                number(row["alone"], 0),
                "–" if row["more"] is None else number(row["more"], 0, sign=True),
            ]
            for row in found.stops.iter_rows(named=True)
        ],
    )


def _show_next(found: Headroom, words: Words) -> None:
    """The smallest change that lets most doses through."""
    helping = found.stops.filter(pl.col("more") > 0).to_dicts()
    if not helping:
        show(words("headroom.none_helps"))
        return
    best = min(helping, key=lambda row: (row["stops"].count(" "), -row["more"]))
    units = (words(f"headroom.unit.{one}") for one in best["stops"].split(" "))
    what = words("headroom.joint").join(dict.fromkeys(units))
    show(words("headroom.best", what=what, more=number(best["more"], 0)))


def _show_wider(words: Words) -> None:
    if screen_width() < ROOMY:
        show(words("headroom.wider", columns=ROOMY))


def _show_not_placed(found: Headroom, words: Words) -> None:
    """Promised doses for which there is no day."""
    for row in found.promised.filter(pl.col("day").is_null()).iter_rows(named=True):
        told = {name: row[name] for name in ("name", "product", "earliest", "latest")}
        show(words("headroom.not_placed", what=words(f"headroom.promise.{row['what']}"), **told))
