"""Negotiation for the national list: volume for price, and the pattern of about 300,000 a year.

The pattern is what was seen, not a rule; the evidence is in its parameters. A round's mean cut says
what to expect, not what one product will get.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from doseline.rulebook.cn.words import (
    always,
    is_negotiated,
    key_of,
    percent,
    shown,
    yes_or_no,
    yuan,
)
from doseline.rules import Outcome, Text

if TYPE_CHECKING:
    from doseline.rules import Ask, Case

_ROUNDS = "Results of the rounds of 2024 and 2025 (ISPOR 2025; GT Advisory 2026)"
_CALENDAR = "Rounds of the list: approved by 30 June, in force on the next 1 January (2025 round)"
_PATTERN = "Observed limit of negotiated drugs, about 300,000 CNY a year; no published rule"

NO_RULE = Text(
    en="The yearly limit is a pattern that was seen, no published rule.",
    zh="年费用上限系观察规律，并非公布的规定。",
)
_PLACES = Decimal("0.0001")
_YEAR_D = Decimal(365)


def _yearly(case: Case, ask: Ask) -> Decimal:
    """What the doses of a year cost at the present price. [CNY]"""
    return ask.decide("drug.cost") * ask.value(f"nrdl.doses_per_year.{key_of(case.code)}")


def _within(case: Case, ask: Ask) -> Outcome:
    """Whether the present price keeps the doses of a year within the pattern."""
    yearly, limit = _yearly(case, ask), ask.value("nrdl.annual_threshold")
    highest = ask.value("nrdl.highest_seen")
    found = yes_or_no(
        holds=yearly <= limit,
        en=f"A year costs {shown(yearly)} CNY; the pattern ends near {shown(limit)} CNY, the "
        f"highest seen is {shown(highest)} CNY.",
        zh=f"年费用 {shown(yearly)} CNY；观察上限约 {shown(limit)} CNY，所见最高 {shown(highest)} CNY。",
    )
    return Outcome(value=found.value, unit=found.unit, why=found.why, notes=(NO_RULE,))


def _price(case: Case, ask: Ask) -> Outcome:
    """The price to expect of a negotiation: the mean cut, and no more than the pattern allows."""
    price = ask.decide("drug.cost")
    if not is_negotiated(case):
        return yuan(price, "An ordinary drug is not negotiated.", "常规目录药品不参加谈判。")
    cut, standard = ask.value("nrdl.negotiation.mean_cut"), ask.decide("drug.standard")
    after = min(price * (1 - cut), standard)
    return yuan(
        after,
        f"{shown(price)} CNY less the mean cut of {percent(cut)}, at most {shown(standard)} CNY: "
        f"{shown(after)} CNY.",
        f"{shown(price)} CNY 按平均降幅 {percent(cut)}，且不超过 {shown(standard)} CNY："
        f"{shown(after)} CNY。",
        NO_RULE,
    )


def _volume(case: Case, ask: Ask) -> Outcome:
    """How many times the doses must be sold at the new price to earn what was earned before."""
    del case
    before, after = ask.decide("drug.cost"), ask.decide("nrdl.negotiated_price")
    times = (before / after if after else Decimal(1)).quantize(_PLACES)
    return Outcome(
        value=times,
        unit="factor",
        why=Text(
            en=f"At {shown(after)} CNY for {shown(before)} CNY, {times} times the doses earn the "
            "same.",
            zh=f"价格由 {shown(before)} CNY 降至 {shown(after)} CNY，需 {times} 倍用量方可持平。",
        ),
    )


def _success(case: Case, ask: Ask) -> Outcome:
    """Share of negotiations that end in a listing."""
    del case
    share = ask.value("nrdl.negotiation.success")
    return Outcome(
        value=share,
        unit="fraction",
        why=Text(
            en=f"Of the drugs negotiated, {percent(share)} were listed.",
            zh=f"参加谈判药品中 {percent(share)} 谈判成功。",
        ),
    )


def _wait(case: Case, ask: Ask) -> Outcome:
    """Mean days from approval until a listing is in force: half a year to the cut-off, then on.

    Approved the day after a cut-off, a product waits a year longer than the day before it.
    """
    del case
    after = ask.value("nrdl.cutoff_to_force_d")
    days = _YEAR_D / 2 + after
    return Outcome(
        value=days,
        unit="d",
        why=Text(
            en=f"Half a year to the cut-off in the mean, then {after} days to 1 January: {days} "
            "days if the first round succeeds.",
            zh=f"平均半年至申报截止日，再经 {after} 天至次年1月1日执行；首轮成功需 {days} 天。",
        ),
    )


RULES = {
    "nrdl.within_pattern": always(_within, _PATTERN),
    "nrdl.negotiated_price": always(_price, _ROUNDS),
    "nrdl.volume_for_price": always(_volume, _ROUNDS),
    "nrdl.success": always(_success, _ROUNDS),
    "nrdl.listing_wait_d": always(_wait, _CALENDAR),
}
