"""Who pays what: basic insurance, a commercial plan on top of it, the patient, a trial's sponsor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.rulebook.cn.benefits import is_by_benefits, service_of
from doseline.rulebook.cn.cover import is_covered
from doseline.rulebook.cn.words import (
    NOTHING,
    SCHEME,
    always,
    is_insured,
    is_trial,
    key_of,
    percent,
    shown,
    yuan,
)

if TYPE_CHECKING:
    from decimal import Decimal

    from doseline.rules import Ask, Case, Outcome
    from doseline.rules.rule import Verdict

_BENEFITS = "Benefits of the local basic insurance scheme; patterns as labelled assumptions"
_PLAN = "Commercial list of innovative drugs, in force 1 January 2026; plan pattern as assumption"
_TRIAL = "Measures for investigator-initiated trials (2024): the patient is not charged"


def _share(case: Case, ask: Ask) -> Decimal:
    """Share that basic insurance pays of what its rules cover."""
    how = "inpatient" if case.nights else "outpatient"
    return ask.value(f"{SCHEME[case.payer]}.{how}_share")


def _basic_drug(case: Case, ask: Ask) -> Outcome:
    """Of a listed dose: what is left after the first self-payment, times the scheme's share."""
    charge = ask.decide("drug.separate")
    if not ask.decide("drug.listed"):
        return yuan(
            NOTHING,
            "Basic insurance pays nothing for this dose.",
            "基本医保不支付该剂药品。",
        )
    if is_by_benefits(case):
        paid = ask.decide("scheme.paid_drug")
        return yuan(paid, f"By its benefits: {shown(paid)} CNY.", f"按待遇支付 {shown(paid)} CNY。")
    first, share = ask.value("nrdl.first_self_pay"), _share(case, ask)
    return yuan(
        charge * (1 - first) * share,
        f"After a first self-payment of {percent(first)}, basic insurance pays {percent(share)} "
        f"of {shown(charge)} CNY.",
        f"个人先行自付 {percent(first)} 后，基本医保支付 {shown(charge)} CNY 的 {percent(share)}。",
    )


def _plan_drug(case: Case, ask: Ask) -> Outcome:
    """What a commercial plan adds for a dose on its list."""
    left = ask.decide("drug.separate") - ask.decide("basic.drug")
    listed = (
        case.payer == "commercial_list"
        and is_insured(case)
        and case.channel == "commercial"
        and ask.value(f"commercial_list.listed.{key_of(case.code)}") > 0
    )
    if not listed:
        return yuan(
            NOTHING, "No commercial plan pays for this dose.", "商业健康保险不支付该剂药品。"
        )
    share = ask.value("commercial_list.drug_share")
    return yuan(
        left * share,
        f"The plan pays {percent(share)} of the {shown(left)} CNY that are left.",
        f"商业健康保险支付剩余 {shown(left)} CNY 的 {percent(share)}。",
    )


def _payer_drug(case: Case, ask: Ask) -> Outcome:
    """Basic insurance and the plan together; a city's insurance is a second payer."""
    del case
    basic, plan = ask.decide("basic.drug"), ask.decide("plan.drug")
    return yuan(
        basic + plan,
        f"Basic insurance pays {shown(basic)} CNY, a commercial plan {shown(plan)} CNY.",
        f"基本医保支付 {shown(basic)} CNY，商业健康保险支付 {shown(plan)} CNY。",
    )


def _payer(item: str) -> Verdict:
    """The rule on what basic insurance pays for a service."""

    def says(case: Case, ask: Ask) -> Outcome:
        if not is_insured(case):
            return yuan(NOTHING, "No insurance pays.", "无医疗保险支付。")
        amount = ask.decide(f"items.{item}")
        if item == service_of(case) and is_by_benefits(case):
            paid = ask.decide("scheme.paid_service")
            return yuan(
                paid, f"By its benefits: {shown(paid)} CNY.", f"按待遇支付 {shown(paid)} CNY。"
            )
        share = ask.value("basic.pet_ct_share") if item == "pet_ct" else _share(case, ask)
        return yuan(
            amount * share,
            f"Basic insurance pays {percent(share)} of {shown(amount)} CNY.",
            f"基本医保支付 {shown(amount)} CNY 的 {percent(share)}。",
        )

    return says


def _patient(item: str) -> Verdict:
    """The rule on what is left to the patient."""

    def says(case: Case, ask: Ask) -> Outcome:
        if is_trial(case):
            return yuan(NOTHING, "A trial is free to the patient.", "临床研究对患者免费。")
        amount = ask.decide("drug.separate" if item == "drug" else f"items.{item}")
        paid = ask.decide(f"payer.{item}")
        if is_covered(case) and item in {"drug", service_of(case)}:
            paid += ask.decide(f"supplement.{item}")
        return yuan(
            amount - paid,
            f"The patient pays what is left of {shown(amount)} CNY.",
            f"患者支付 {shown(amount)} CNY 的剩余部分。",
        )

    return says


def _sponsor(item: str) -> Verdict:
    """The rule on what the sponsor of a trial pays the hospital."""

    def says(case: Case, ask: Ask) -> Outcome:
        del case
        amount = ask.decide("drug.cost" if item == "drug" else f"items.{item}")
        share = ask.value("iit.sponsor_share")
        return yuan(
            amount * share,
            f"The sponsor pays {percent(share)} of {shown(amount)} CNY; the patient nothing.",
            f"申办方支付 {shown(amount)} CNY 的 {percent(share)}；患者免费。",
        )

    return says


_SERVICES = ("administration", "ward", "stay", "pet_ct")

RULES = {
    "basic.drug": always(_basic_drug, _BENEFITS),
    "plan.drug": always(_plan_drug, _PLAN),
    "payer.drug": always(_payer_drug, _BENEFITS),
    **{f"payer.{item}": always(_payer(item), _BENEFITS) for item in _SERVICES},
    **{f"patient.{item}": always(_patient(item), _BENEFITS) for item in ("drug", *_SERVICES)},
    **{f"developer.{item}": always(_sponsor(item), _TRIAL) for item in ("drug", *_SERVICES)},
}
