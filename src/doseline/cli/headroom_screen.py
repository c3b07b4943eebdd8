"""Headroom on the screen: calendars with bars, each day with what stops it, and what to do next."""

from __future__ import annotations

import re
import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from doseline.cli.headroom import title_of
from doseline.cli.layout import GAP, cells, screen_width, table_lines
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
FEW = 2
"""Resources that a narrow screen names."""
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
    possible = _possible(found)
    for product in possible:
        _show_calendars(found, product, words)
    if possible:
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
        show(words("headroom.never", product=product, why=_main_reason(found, product, words)))
        return
    by = found.days.filter(day=day, product=product)["order_by"][0]
    told = {"day": dated(day, words), "order_by": dated(by, words)}
    show(words("headroom.earliest", product=product, **told))


def _possible(found: Headroom) -> list[str]:
    """Products of which one more dose is possible some day."""
    return [product for product, day in found.earliest.items() if day is not None]


def _main_reason(found: Headroom, product: str, words: Words) -> str:
    """What stops a product on most days on which the site is open."""
    stops = found.days.filter(pl.col("stops") != "closed", product=product)["stops"]
    most = stops.value_counts(sort=True)["stops"] if stops.len() else ["closed"]
    return words(f"headroom.stop.{most[0]}")


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
    """Each day that is open, with what stops its next dose, a table a product."""
    narrow = False
    for product in _possible(found) or found.earliest:
        shown = found.days.filter(pl.col("stops") != "closed", product=product)
        if shown.is_empty():
            continue
        columns, rows = _day_rows(found, shown, words)
        narrow |= _width(columns, rows) > screen_width()
        if narrow:
            columns, rows = _day_rows(found, shown, words, narrow=True)
        show_table(words("headroom.details", product=product), columns, rows)
    if narrow:
        show(words("headroom.wider"))
    if not found.days.filter(pl.col("stops") == "closed").is_empty():
        show(words("headroom.closed_days"))


def _day_rows(
    found: Headroom, shown: pl.DataFrame, words: Words, *, narrow: bool = False
) -> tuple[list[str], list[list[str]]]:
    """Heads and cells of the days of a product, what there is nothing of left out."""
    promised = [name for name in ("committed", "reserved") if found.days[name].sum()]
    limited = [name for name in SITE_RESOURCES if shown[name].drop_nulls().len()]
    names = ["day", "acceptable", *limited, "supply", "order_by", *promised, "stops"]
    if narrow:
        names = ["day", "acceptable", "tightest", "stops"]
    rows = [[_cell(name, row, words) for name in names] for row in shown.iter_rows(named=True)]
    return [_head(name, words) for name in names], rows


def _width(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """Cells that a table needs without wrapping."""
    widest = (max(map(cells, column)) for column in zip(columns, *rows, strict=True))
    return sum(widest) + GAP * (len(columns) - 1)


def _head(name: str, words: Words) -> str:
    return words(f"headroom.{'stop' if name in SITE_RESOURCES else 'col'}.{name}")


def _cell(name: str, row: Mapping[str, Any], words: Words) -> str:
    if name == "tightest":
        return _tightest(row, words)
    value = row[name]
    if name == "stops":
        return _stop_words(row["ties"], words) + _detail(row["detail"], words)
    if value is None:
        return "–"
    if name == "day":
        return dated(value, words)
    return number(value, 0) if isinstance(value, int) else str(value)


def _tightest(row: Mapping[str, Any], words: Words) -> str:
    """The few resources that could take least, with their doses."""
    limits = [name for name in (*SITE_RESOURCES, "supply") if row[name] is not None]
    least = sorted(limits, key=lambda name: int(row[name]))[:FEW]
    return words.listed([f"{_head(name, words)} {row[name]}" for name in least])


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
            if " " not in row["stops"] or row["more"]
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


def _show_not_placed(found: Headroom, words: Words) -> None:
    """Promised doses for which there is no day."""
    for row in found.promised.filter(pl.col("day").is_null()).iter_rows(named=True):
        kind = words(f"headroom.promise.{row['what']}")
        what = f"{kind} {row['name']}".rstrip()
        told = {name: row[name] for name in ("product", "earliest", "latest")}
        show(words("headroom.not_placed", what=what, **told))
