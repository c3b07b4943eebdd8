"""Prior authorisation: which clock runs for what, how often the answer is no, and what appeals do.

The federal rule on interoperability and prior authorisation (CMS-0057-F) has clocks for items and
services and leaves drugs out, so a scan and the dose that follows it run on different clocks.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from doseline.rulebook.us.codes import SERVICES
from doseline.rulebook.us.words import always, said
from doseline.rules import Text

if TYPE_CHECKING:
    from doseline.rules import Ask, Case, Outcome

_ASKED_BY = ("medicare_advantage", "commercial", "medicaid")
_UNDER_SERVICE_CLOCK = ("medicare_advantage", "medicaid")
_REFERENCE = (
    "No authorisation of A9607 or A9513 in fee-for-service Medicare; 42 CFR 422.568 (plans)"
)
_APPEALS = "42 CFR 422.590; KFF on Medicare Advantage determinations"
_NO_DRUGS = Text(
    en="CMS-0057-F has no clock for drugs; CMS-0062-P (proposed April 2026) would add one.",
    zh="CMS-0057-F 的时限不适用于药品；CMS-0062-P（2026 年 4 月提案）拟补充。",
)
_NO_EXCHANGE = Text(
    en="Plans of the federal exchange are outside the clocks of CMS-0057-F.",
    zh="联邦交易所计划（QHP）不适用 CMS-0057-F 的时限。",
)

_EXPEDITED = {
    "medicare_advantage": "authorisation.medicare_advantage_expedited_h",
    "commercial": "authorisation.commercial_expedited_h",
    "medicaid": "authorisation.medicaid_response_h",
}


def _service_clock(case: Case) -> bool:
    """Whether the clock of CMS-0057-F runs: a service, and a payer under that rule."""
    return case.code in SERVICES and case.payer in _UNDER_SERVICE_CLOCK


def _hours(case: Case, ask: Ask) -> Outcome:
    """Time to a decision; none where no authorisation is asked for."""
    if case.payer not in _ASKED_BY:
        return _none_needed("h")
    service = _service_clock(case)
    hours = ask.value("authorisation.service_h" if service else f"authorisation.{case.payer}_h")
    return said(
        hours,
        "h",
        f"The payer has {hours} h to decide on a standard request.",
        f"支付方须在 {hours} 小时内对标准申请作出决定。",
        _NO_EXCHANGE if service or case.payer == "commercial" else _NO_DRUGS,
    )


def _expedited(case: Case, ask: Ask) -> Outcome:
    """Time to a decision on an expedited request."""
    if case.payer not in _ASKED_BY:
        return _none_needed("h")
    key = "authorisation.service_expedited_h" if _service_clock(case) else _EXPEDITED[case.payer]
    hours = ask.value(key)
    return said(
        hours,
        "h",
        f"The payer has {hours} h to answer an expedited request.",
        f"支付方须在 {hours} 小时内答复加急申请。",
    )


def _longest(case: Case, ask: Ask) -> Outcome:
    """The most that the law leaves the payer, where the usual time is shorter."""
    if case.payer != "commercial":
        hours = ask.decide("authorisation.hours")
    else:
        hours = ask.value("authorisation.commercial_limit_h")
    return said(
        hours,
        "h",
        f"The law leaves the payer {hours} h.",
        f"法定时限为 {hours} 小时。",
    )


def _denied(case: Case, ask: Ask) -> Outcome:
    """Share of requests denied; none where no authorisation is asked for."""
    if case.payer not in _ASKED_BY:
        return _none_needed("fraction")
    share = ask.value(f"authorisation.{case.payer}_denied")
    return said(
        share,
        "fraction",
        f"A share of {share} of requests is denied.",
        f"授权申请被拒比例为 {share}。",
    )


def _lost(case: Case, ask: Ask) -> Outcome:
    """Share of requests that stay denied after appeals."""
    denied = ask.decide("authorisation.denied")
    if case.payer not in _ASKED_BY:
        return _none_needed("fraction")
    appealed, won = ask.value("authorisation.appealed"), ask.value("authorisation.overturned")
    lost = denied * (1 - appealed * won)
    return said(
        lost,
        "fraction",
        f"Of the share of {denied} denied, {appealed} is appealed and {won} of that overturned.",
        f"被拒比例 {denied} 中，{appealed} 提出复议，其中 {won} 被推翻。",
    )


def _appeal_hours(case: Case, ask: Ask) -> Outcome:
    """Time that the payer has to decide on an appeal."""
    if case.payer not in _ASKED_BY:
        return _none_needed("h")
    hours = ask.value("authorisation.appeal_h")
    return said(
        hours,
        "h",
        f"The payer has {hours} h to decide on an appeal.",
        f"支付方须在 {hours} 小时内对复议作出决定。",
    )


def _none_needed(unit: str) -> Outcome:
    return said(Decimal(0), unit, "No prior authorisation is needed.", "无需事先授权。")


RULES = {
    "authorisation.hours": always(_hours, _REFERENCE),
    "authorisation.expedited_hours": always(_expedited, _REFERENCE),
    "authorisation.longest_hours": always(_longest, _REFERENCE),
    "authorisation.denied": always(_denied, _REFERENCE),
    "authorisation.lost": always(_lost, _APPEALS),
    "authorisation.appeal_hours": always(_appeal_hours, _APPEALS),
}
