"""Steps before a dose may be given and charged: which are needed for which channel and payer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.rulebook.cn.words import NOTHING, ORDINARY, SCAN, always, is_trial, yes_or_no
from doseline.rules import Outcome, Text

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from doseline.rules import Ask, Case
    from doseline.rules.rule import Verdict

_HOSPITAL = "Pharmacy committee, procurement platform, service price item; labelled assumptions"
_LICENCE = "Licences for use of radiopharmaceuticals, notice of 2003, category IV (from memory)"
_TRIAL = (
    "Measures for investigator-initiated clinical research, No. 32 of 2024: ethics, registration"
)
_FILING = "Special-drug filing of negotiated drugs; pattern as labelled assumptions"


def _is_bought(case: Case, ask: Ask) -> bool:
    del ask
    return case.channel == "commercial" and case.code != SCAN and not is_trial(case)


def _is_made(case: Case, ask: Ask) -> bool:
    del ask
    return case.channel == "in_house" and case.code != SCAN


def _is_study(case: Case, ask: Ask) -> bool:
    del ask
    return is_trial(case)


def _is_charged(case: Case, ask: Ask) -> bool:
    """A service is charged to somebody other than a trial's sponsor."""
    del ask
    return not is_trial(case)


def _is_filed(case: Case, ask: Ask) -> bool:
    """A negotiated drug that basic insurance pays: hospital, doctor and patient are filed."""
    return case.code not in ORDINARY and case.code != SCAN and ask.decide("drug.listed") > 0


_STEPS: dict[str, tuple[Callable[[Case, Ask], bool], str, str, str]] = {
    "hospital_listing": (_is_bought, "Listing by the pharmacy committee", "药事会遴选进院", _HOSPITAL),
    "procurement": (_is_bought, "Listing on the procurement platform", "采购平台挂网", _HOSPITAL),
    "service_item": (_is_charged, "A price item for the service", "医疗服务价格项目", _HOSPITAL),
    "drug_filing": (_is_filed, "Filing for special drugs", "特药备案", _FILING),
    "category_iv": (_is_made, "A category IV licence", "第四类使用许可证", _LICENCE),
    "preparation_filing": (_is_made, "Filing of the preparation", "制剂备案", _LICENCE),
    "ethics": (_is_study, "Ethics review and registration", "伦理审查与平台登记", _TRIAL),
}  # fmt: skip


def _needed(name: str) -> Verdict:
    """The rule on whether a step is needed."""
    applies, en, zh, _ = _STEPS[name]

    def says(case: Case, ask: Ask) -> Outcome:
        needed = applies(case, ask)
        return yes_or_no(
            holds=needed,
            en=f"{en} is {'needed' if needed else 'not needed'}.",
            zh=f"{zh}：{'需要' if needed else '不需要'}。",
        )

    return says


def _days(case: Case, ask: Ask) -> Outcome:
    """Days until all steps are done: the filing follows the listing, the others run beside it."""
    ends = [NOTHING]
    if ask.decide("needed.hospital_listing"):
        filed = ask.value("authorisation.drug_filing_d") if ask.decide("needed.drug_filing") else 0
        ends += [_committee(case, ask) + filed, ask.value("authorisation.procurement_d")]
    for step in ("service_item", "preparation_filing", "ethics"):
        if ask.decide(f"needed.{step}"):
            ends.append(ask.value(f"authorisation.{step}_d"))
    days = max(ends)
    return Outcome(
        value=days,
        unit="d",
        why=Text(en=f"All steps take {days} days.", zh=f"全部步骤需 {days} 天。"),
    )


def _committee(case: Case, ask: Ask) -> Decimal:
    """Days of the pharmacy committee; for a newly listed drug no more than the yearly term."""
    days = ask.value("authorisation.hospital_listing_d")
    if case.code in ORDINARY or not ask.decide("drug.listed"):
        return days
    return min(days, ask.value("authorisation.committee_after_list_d"))


RULES = {
    **{f"needed.{name}": always(_needed(name), step[3]) for name, step in _STEPS.items()},
    "needed.days": always(_days, _HOSPITAL),
}
