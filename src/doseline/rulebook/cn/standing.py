"""Four things that are often taken for one: licence, own preparation, trial and approved product.

Each has a rule of its own, because each answers another question: may it be made, may it be
charged, is it free, may it be sold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.rulebook.cn.words import (
    NOTHING,
    ORDINARY,
    always,
    is_insured,
    is_insured_stay,
    is_trial,
    key_of,
    outside_key,
    shown,
    yes_or_no,
    yuan,
)
from doseline.rules import Outcome, Text

if TYPE_CHECKING:
    from decimal import Decimal

    from doseline.rules import Ask, Case

_LICENCE = "Licences for use of radiopharmaceuticals, notice of 2003, category IV (from memory)"
_APPROVAL = "Drug Administration Law: a product is sold after approval (NDA)"
_TRIAL = (
    "Measures for investigator-initiated clinical research, No. 32 of 2024, from 1 October 2024"
)
_INCENTIVE = "Margin of the hospital under its own rules of payment; no legal text"

COUNSEL = Text(
    en="What a licence covers is for the provincial drug regulator and counsel to say; the law "
    "and the money are kept apart here on purpose.",
    zh="许可范围应由省级药品监管部门及法律专业人士认定；此处有意将法律依据与经济动因分开。",
)


def _licence(case: Case, ask: Ask) -> Outcome:
    """Whether the hospital needs a category IV licence for this dose: whoever makes needs it."""
    del ask
    needed = case.channel == "in_house"
    return yes_or_no(
        holds=needed,
        en=f"A hospital that {'makes' if needed else 'does not make'} the dose "
        f"{'needs' if needed else 'needs no'} category IV licence; the licence alone allows no "
        "charge.",
        zh=f"医疗机构{'自行配制，须' if needed else '未自行配制，无须'}取得第四类《放射性药品使用许可证》；"
        "许可证本身并不意味着可以收费。",
    )


def _legal_basis(case: Case, ask: Ask) -> Outcome:
    """Whether the scope of the licence reaches this preparation on this day."""
    within = ask.value(f"in_house.legal_basis.{key_of(case.code)}") > 0
    found = yes_or_no(
        holds=within,
        en=f"A hospital's own {case.code} is {'within' if within else 'outside'} the scope that "
        "is taken for category IV.",
        zh=f"医疗机构自制 {case.code} {'属于' if within else '不属于'}所采用的第四类许可范围。",
    )
    return Outcome(value=found.value, unit=found.unit, why=found.why, notes=(COUNSEL,))


def _preparation(case: Case, ask: Ask) -> Outcome:
    """Whether an own preparation may be charged: by its scope, and never within a trial."""
    if is_trial(case):
        return yes_or_no(
            holds=False, en="In a trial nothing is charged.", zh="临床研究中不得收费。"
        )
    within = ask.value(f"in_house.in_scope.{key_of(case.code)}") > 0
    return yes_or_no(
        holds=within,
        en=f"A hospital's own {case.code} {'may' if within else 'may not'} be charged.",
        zh=f"医疗机构自制 {case.code} {'可以' if within else '不得'}收费。",
    )


def _trial(case: Case, ask: Ask) -> Outcome:
    """Whether the dose is given in a trial, free to the patient."""
    del ask
    within = is_trial(case)
    return yes_or_no(
        holds=within,
        en="The trial is free to the patient." if within else "The dose is given outside a trial.",
        zh="临床研究对患者免费。" if within else "该剂药品不属于临床研究。",
    )


def _hospital_bears(case: Case, ask: Ask) -> Outcome:
    """What a trial leaves to the hospital, since the patient pays nothing."""
    if not is_trial(case):
        return yuan(
            NOTHING, "No trial: nothing is borne for one.", "非临床研究，无须承担研究费用。"
        )
    cost, share = ask.decide("drug.cost"), ask.value("iit.sponsor_share")
    return yuan(
        cost * (1 - share),
        f"The patient pays nothing; of {shown(cost)} CNY the sponsor pays a share of {share}, the "
        "hospital the rest.",
        f"患者免费；{shown(cost)} CNY 中申办方承担比例 {share}，其余由医疗机构承担。",
    )


def _approved(case: Case, ask: Ask) -> Outcome:
    """Whether the product is approved for sale."""
    holds = ask.value(f"approval.{key_of(case.code)}") > 0
    return yes_or_no(
        holds=holds,
        en=f"{case.code} is {'approved' if holds else 'not approved'} for sale.",
        zh=f"{case.code} {'已' if holds else '未'}获批上市。",
    )


def _incentive(case: Case, ask: Ask) -> Outcome:
    """What the hospital keeps more of when it makes the dose than when it buys it.

    Margin of making less margin of buying, per dose, for the same patient; what the stay itself is
    paid is the same and drops out, but for special reviews. It says nothing of what is lawful.
    """
    if is_trial(case):
        return yuan(NOTHING, "In a trial the sponsor decides.", "临床研究由申办方决定。", COUNSEL)
    gain = _made(case, ask) - _bought(case, ask)
    verb, word = ("keeps", "多得") if gain >= 0 else ("loses", "少得")
    return yuan(
        gain,
        f"By making the dose the hospital {verb} {shown(abs(gain))} CNY against buying it.",
        f"自行配制较采购{word} {shown(abs(gain))} CNY。",
        COUNSEL,
    )


def _made(case: Case, ask: Ask) -> Decimal:
    """Margin on a dose of the hospital's own: nothing where it is charged at cost."""
    key = key_of(case.code)
    stated = case.price if case.channel == "in_house" else None
    cost = ask.value(f"in_house.cost.{key}") if stated is None else stated
    inside = is_insured_stay(case) and ask.value("in_house.in_package") > 0
    return -cost if inside or not ask.value(f"in_house.in_scope.{key}") else NOTHING


def _bought(case: Case, ask: Ask) -> Decimal:
    """Margin on a bought dose: what a listed one costs above its standard, or in a package."""
    key = key_of(case.code)
    if not (ask.value(f"approval.{key}") and is_insured(case) and ask.value(f"nrdl.listed.{key}")):
        return NOTHING
    stated = case.price if case.channel == "commercial" else None
    cost = ask.value(f"price.{key}") if stated is None else stated
    outside = case.code not in ORDINARY and ask.value(outside_key(case.locality))
    if is_insured_stay(case) and not outside:
        return -cost
    return min(NOTHING, ask.decide("drug.standard") - cost)


RULES = {
    "standing.licence": always(_licence, _LICENCE),
    "standing.legal_basis": always(_legal_basis, _LICENCE),
    "standing.preparation_chargeable": always(_preparation, _LICENCE),
    "standing.trial_free": always(_trial, _TRIAL),
    "standing.trial_hospital_bears": always(_hospital_bears, _TRIAL),
    "standing.approved": always(_approved, _APPROVAL),
    "standing.economic_incentive": always(_incentive, _INCENTIVE),
}
