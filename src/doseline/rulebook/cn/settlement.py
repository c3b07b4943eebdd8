"""When the hospital has the money: monthly settlement, prepayment, what is held back, the year's end."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from doseline.rulebook.cn.words import NOTHING, SCHEME, always, is_insured, is_trial
from doseline.rules import Outcome, Text

if TYPE_CHECKING:
    from doseline.rules import Ask, Case
    from doseline.rules.rule import Verdict

_MONTHLY = "DRG and DIP 2.0 notice of July 2024: monthly, within 30 working days, prepayment"
_OTHERS = "Payers other than the basic fund; labelled assumptions"

_DAYS_A_WEEK, _WORKING_DAYS_A_WEEK = 7, 5
_HALF_A_MONTH_D = Decimal(15)
_FROM_MID_YEAR_D = Decimal(183) + Decimal(181)
"""Days from the middle of a year to 30 June of the next, the mean over days of service."""


def _first(case: Case, ask: Ask) -> Outcome:
    """Mean days until the basic fund, sponsor or patient has paid for the first time.

    For the fund: half a month to the end of the month, then the working days of the notice.
    """
    if is_insured(case):
        working = ask.value("settlement.working_days")
        days = _HALF_A_MONTH_D + working * _DAYS_A_WEEK / _WORKING_DAYS_A_WEEK
        return _days(
            days, f"Monthly, within {working} working days.", f"按月结算，{working} 个工作日内。"
        )
    key = "sponsor_d" if is_trial(case) else "patient_d"
    days = ask.value(f"settlement.{key}")
    return _days(days, f"Paid after {days} days.", f"{days} 天后支付。")


def _plan(case: Case, ask: Ask) -> Outcome:
    """Mean days until a commercial plan or a city's insurance has paid its part."""
    if not is_insured(case) or (case.payer != "commercial_list" and not case.cover):
        return _days(NOTHING, "No such insurance.", "无此类保险。")
    days = ask.value("settlement.commercial_d")
    return _days(days, f"It pays after {days} days.", f"{days} 天后赔付。")


def _final(case: Case, ask: Ask) -> Outcome:
    """Mean days until the year is settled: to 30 June of the next year."""
    del ask
    if not is_insured(case) or not case.nights:
        return _days(NOTHING, "Nothing is left to settle.", "无须年终清算。")
    return _days(
        _FROM_MID_YEAR_D,
        "The year is settled by 30 June of the next, in the mean.",
        "于次年6月30日前完成年终清算（按平均计）。",
    )


def _of_fund(key: str, unit: str, en: str, zh: str) -> Verdict:
    """The rule on a term of the fund that holds for whoever is insured."""

    def says(case: Case, ask: Ask) -> Outcome:
        value = ask.value(key) if case.payer in SCHEME and is_insured(case) else NOTHING
        return Outcome(
            value=value, unit=unit, why=Text(en=f"{en}: {value}.", zh=f"{zh}：{value}。")
        )

    return says


def _days(days: Decimal, en: str, zh: str) -> Outcome:
    return Outcome(value=days, unit="d", why=Text(en=en, zh=zh))


RULES = {
    "settlement.first_d": always(_first, _MONTHLY),
    "settlement.plan_d": always(_plan, _OTHERS),
    "settlement.final_d": always(_final, _MONTHLY),
    "settlement.prepaid_months": always(
        _of_fund("settlement.prepaid_months", "months", "Months prepaid", "预付月数"), _MONTHLY
    ),
    "settlement.withheld": always(
        _of_fund("settlement.withheld", "fraction", "Share held back", "预留比例"), _MONTHLY
    ),
}
