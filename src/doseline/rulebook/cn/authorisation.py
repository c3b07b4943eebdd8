"""What takes the place of authorisation: filing of the patient, and steps of the hospital."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from doseline.rulebook.cn.words import ORDINARY, SCHEME, always, is_trial, key_of
from doseline.rules import Outcome, Text

if TYPE_CHECKING:
    from doseline.rules import Ask, Case
    from doseline.rules.rule import Verdict

_FILING = "Special-drug filing of negotiated drugs; pattern as labelled assumptions"
_HOSPITAL = "Pharmacy committee, procurement platform, service price item; labelled assumptions"


def _asked_by(case: Case, ask: Ask) -> str | None:
    """Who must agree before the dose: the scheme, the plan, or nobody."""
    if is_trial(case) or case.code in ORDINARY or case.payer not in SCHEME:
        return None
    if ask.decide("drug.listed"):
        return "special_drug_filing"
    on_list = ask.value(f"commercial_list.listed.{key_of(case.code)}") > 0
    return "commercial_list" if case.payer == "commercial_list" and on_list else None


def _hours(case: Case, ask: Ask) -> Outcome:
    """Time until the patient may have the dose at the payer's expense."""
    asked_by = _asked_by(case, ask)
    if asked_by is None:
        return _none_needed("h")
    hours = ask.value(f"authorisation.{asked_by}_h")
    why = Text(en=f"The filing is decided within {hours} h.", zh=f"备案审核需 {hours} 小时。")
    return Outcome(value=hours, unit="h", why=why)


def _denied(case: Case, ask: Ask) -> Outcome:
    """Share of filings that are refused."""
    asked_by = _asked_by(case, ask)
    if asked_by is None:
        return _none_needed("fraction")
    share = ask.value(f"authorisation.{asked_by}_denied")
    why = Text(en=f"A share of {share} of filings is refused.", zh=f"备案未通过比例为 {share}。")
    return Outcome(value=share, unit="fraction", why=why)


def _none_needed(unit: str) -> Outcome:
    why = Text(en="No filing is needed.", zh="无需备案。")
    return Outcome(value=Decimal(0), unit=unit, why=why)


def _step(name: str, en: str, zh: str) -> Verdict:
    """The rule on how long one administrative step takes a hospital."""

    def says(case: Case, ask: Ask) -> Outcome:
        del case
        days = ask.value(f"authorisation.{name}")
        why = Text(en=f"{en} takes {days} days.", zh=f"{zh}需 {days} 天。")
        return Outcome(value=days, unit="d", why=why)

    return says


def _not_taken_up(case: Case, ask: Ask) -> Outcome:
    """Share of hospitals that do not list a product though they could."""
    share = ask.value(f"authorisation.not_taken_up.{case.setting}")
    why = Text(
        en=f"A share of {share} of such hospitals does not list the product.",
        zh=f"此类医院中有 {share} 的比例不引进该产品。",
    )
    return Outcome(value=share, unit="fraction", why=why)


RULES = {
    "authorisation.hours": always(_hours, _FILING),
    "authorisation.denied": always(_denied, _FILING),
    "authorisation.not_taken_up": always(_not_taken_up, _HOSPITAL),
    **{
        f"authorisation.{name}": always(_step(name, en, zh), _HOSPITAL)
        for name, en, zh in (
            ("hospital_listing_d", "Listing by the pharmacy committee", "药事会遴选进院"),
            ("procurement_d", "Listing on the procurement platform", "采购平台挂网"),
            ("service_item_d", "A price item for the service", "医疗服务价格项目立项"),
            ("drug_filing_d", "Filing of the hospital for special drugs", "医院特药资格备案"),
        )
    },
}
