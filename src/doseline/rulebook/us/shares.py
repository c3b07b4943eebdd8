"""Who pays what of the allowed amount: what the patient owes, then what the payer adds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.rulebook.us.codes import SERVICES
from doseline.rulebook.us.words import always, dollars, is_office, percent, shown
from doseline.rules import to_cents

if TYPE_CHECKING:
    from decimal import Decimal

    from doseline.rules import Ask, Case, Outcome
    from doseline.rules.rule import Verdict

COST_SHARING = "42 CFR 419.41(c)-(d) (Medicare); plan patterns as labelled assumptions"
_PAYER = "Allowed amount less the patient's share; sequestration on what Medicare pays"

_COINSURANCE = {
    "medicare_ffs": "medicare.coinsurance",
    "medicare_advantage": "medicare_advantage.coinsurance",
    "commercial": "commercial.coinsurance",
    "medicaid": "medicaid.coinsurance",
    "uninsured": "uninsured.collected_share",
}


def owed_service(item: str) -> Verdict:
    """The rule on what the patient owes of a service, up to the limit for one visit."""

    def says(case: Case, ask: Ask) -> Outcome:
        return _capped(case, ask, item, limit=_limit(case, ask))

    return says


def owed_drug(case: Case, ask: Ask) -> Outcome:
    """The share of the drug, within what its administration leaves of the limit.

    Under Medicare the two copayments of one day are added and count as one, 42 CFR
    419.41(c)(4)(i)(B); what exceeds the limit Medicare pays, 419.41(c)(5).
    """
    return _beside(case, ask, "drug", service="administration")


def owed_tracer(case: Case, ask: Ask) -> Outcome:
    """The share of the tracer, within what the scan of the day leaves of the limit."""
    return _beside(case, ask, "tracer", service="pet_ct")


def _beside(case: Case, ask: Ask, item: str, *, service: str) -> Outcome:
    """The share of what is given, beside that of the service that gives it."""
    limit = _limit(case, ask)
    if limit is not None:
        limit -= ask.decide(f"owed.{service}")
    return _capped(case, ask, item, limit=limit)


def _limit(case: Case, ask: Ask) -> Decimal | None:
    """The most the patient owes for one visit; none if there is no limit."""
    if case.payer == "medicare_ffs" and not is_office(case.setting):
        return ask.value("medicare.inpatient_deductible")
    if case.payer in {"medicare_advantage", "commercial"}:
        yearly = ask.value(f"{case.payer}.yearly_limit")
        return to_cents(yearly / ask.value("course.doses_per_year"))
    return None


def _capped(case: Case, ask: Ask, item: str, *, limit: Decimal | None) -> Outcome:
    allowed = ask.decide(f"allowed.{item}")
    share = ask.value(_coinsurance(case, ask, item))
    owed = to_cents(allowed * share)
    if limit is None or owed <= limit:
        return dollars(
            owed,
            f"The patient pays {percent(share)} of {shown(allowed)} USD.",
            f"患者支付 {shown(allowed)} USD 的 {percent(share)}。",
        )
    return dollars(
        limit,
        f"The patient's {percent(share)} would be {shown(owed)} USD; the limit leaves "
        f"{shown(limit)} USD.",
        f"患者按 {percent(share)} 应付 {shown(owed)} USD，受上限所限为 {shown(limit)} USD。",
    )


def _coinsurance(case: Case, ask: Ask, item: str) -> str:
    """The parameter with the patient's share; Medicare may treat pass-through tracers apart."""
    if item == "tracer" and case.payer == "medicare_ffs" and ask.decide("opps.pass_through"):
        return "medicare.pass_through_tracer_coinsurance"
    return _COINSURANCE[case.payer]


def _payer(item: str) -> Verdict:
    """The rule on what the payer adds for an item."""

    def says(case: Case, ask: Ask) -> Outcome:
        rest = ask.decide(f"allowed.{item}") - ask.decide(f"owed.{item}")
        if case.payer != "medicare_ffs":
            return dollars(
                rest,
                f"The payer adds {shown(rest)} USD, the allowed amount less the patient's share.",
                f"支付方支付 {shown(rest)} USD，即核定金额减患者自付。",
            )
        cut = ask.value("medicare.sequestration")
        return dollars(
            rest * (1 - cut),
            f"Medicare pays {shown(rest)} USD after the patient's share, less {percent(cut)} "
            "sequestration.",
            f"扣除患者自付后 Medicare 应付 {shown(rest)} USD，再减支 {percent(cut)}。",
        )

    return says


OWED = {"drug": owed_drug, "tracer": owed_tracer} | {
    item: owed_service(item) for item in ("administration", *SERVICES)
}
"""What the patient owes before any other cover, by item."""

RULES = {f"owed.{item}": always(says, COST_SHARING) for item, says in OWED.items()} | {
    f"payer.{item}": always(_payer(item), _PAYER) for item in OWED
}
