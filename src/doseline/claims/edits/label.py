"""The label: diagnosis, sex, age, PET, interval and course."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from doseline.claims.registry import edit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from doseline.claims.case import Case
    from doseline.claims.registry import Found

DIAGNOSIS = re.compile(r"[A-TV-Z][0-9][0-9A-Z][0-9A-Z]{0,4}")
PET_DAYS = 90
"""Age of a PET beyond which payers ask for a new one. [d] Assumption: policies say 60 to 180."""
MOST_DIAGNOSES = {"institutional": 25, "professional": 12}
"""Diagnoses that a claim holds: one principal and 24 others; 12."""


def age_years(case: Case) -> int:
    """Whole years of the patient on the day of the infusion."""
    day, birth = case.infusion.infusion_date, case.infusion.birth_date
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


@edit("L01")
def diagnosis_in_label(case: Case) -> Iterable[Found]:
    """A diagnosis within the label."""
    if case.therapy and not any(code.startswith(case.therapy.diagnoses) for code in case.diagnoses):
        yield {"code": case.therapy.code, "diagnoses": case.infusion.diagnoses or "–"}


@edit("L02")
def castration_resistant(case: Case) -> Iterable[Found]:
    """Evidence of what the label asks for beside the diagnosis."""
    wanted = case.therapy.castration_resistant if case.therapy else ()
    known = case.infusion.castration_resistant or any(code in wanted for code in case.diagnoses)
    if wanted and not known:
        yield {"code": case.infusion.hcpcs}


@edit("L03")
def sex(case: Case) -> Iterable[Found]:
    """Sex against the label."""
    if case.therapy and case.therapy.sex and case.infusion.sex != case.therapy.sex:
        yield {"sex": case.infusion.sex, "code": case.therapy.code}


@edit("L04")
def age(case: Case) -> Iterable[Found]:
    """Age against the label."""
    if case.therapy and age_years(case) < case.therapy.age_from:
        yield {"age": age_years(case), "least": case.therapy.age_from}


@edit("L05")
def no_pet(case: Case) -> Iterable[Found]:
    """A therapy with a target needs a PET before it."""
    if case.therapy and case.therapy.target and case.infusion.pet_date is None:
        yield {"code": case.therapy.code}


@edit("L06")
def pet_after(case: Case) -> Iterable[Found]:
    """The PET comes before the first dose."""
    day = case.infusion.pet_date
    if day is not None and day > case.infusion.infusion_date:
        yield {"pet": day, "infusion": case.infusion.infusion_date}


@edit("L07")
def pet_old(case: Case) -> Iterable[Found]:
    """The PET of a first dose is not too old."""
    day = case.infusion.pet_date
    if day is None or case.infusion.cycle > 1:
        return
    days = (case.infusion.infusion_date - day).days
    if days > PET_DAYS:
        yield {"days": days, "most": PET_DAYS}


@edit("L08")
def pet_of_another_target(case: Case) -> Iterable[Found]:
    """The agent shows the target of the therapy."""
    agent = case.tables.agents.get(case.infusion.pet_agent)
    if not case.therapy or not case.therapy.target or case.infusion.pet_date is None:
        return
    if agent is None or agent.target != case.therapy.target:
        yield {"agent": case.infusion.pet_agent or "–", "code": case.therapy.code}


@edit("L09")
def pet_not_for_selection(case: Case) -> Iterable[Found]:
    """The label of the agent covers selection for therapy."""
    agent = case.tables.agents.get(case.infusion.pet_agent)
    if agent and not agent.selects and case.therapy and case.therapy.target == agent.target:
        yield {"agent": agent.code, "name": agent.name["en"], "name_zh": agent.name["zh"]}


@edit("L10")
def pet_negative(case: Case) -> Iterable[Found]:
    """The PET showed uptake."""
    asked = case.therapy is not None and bool(case.therapy.target)
    if asked and case.infusion.pet_date is not None and not case.infusion.pet_positive:
        yield {"pet": case.infusion.pet_date}


@edit("L11")
def too_early(case: Case) -> Iterable[Found]:
    """The interval of the label since the dose before."""
    last = case.infusion.previous_date
    if last is None or case.therapy is None:
        return
    days = (case.infusion.infusion_date - last).days
    if 0 <= days < case.therapy.interval_days - case.therapy.interval_early_days:
        yield {"days": days, "interval": case.therapy.interval_days}


@edit("L12")
def too_late(case: Case) -> Iterable[Found]:
    """The longest interval of the label."""
    last, longest = case.infusion.previous_date, case.therapy and case.therapy.longest_days
    if last is not None and longest and (case.infusion.infusion_date - last).days > longest:
        yield {"days": (case.infusion.infusion_date - last).days, "longest": longest}


@edit("L13")
def course_over(case: Case) -> Iterable[Found]:
    """No more doses than the label's course has."""
    if case.therapy and case.infusion.cycle > case.therapy.cycles:
        yield {"cycle": case.infusion.cycle, "cycles": case.therapy.cycles}


@edit("L14")
def cycle_against_previous(case: Case) -> Iterable[Found]:
    """A first dose has none before it, a later one has."""
    if (case.infusion.previous_date is not None) != (case.infusion.cycle > 1):
        yield {"cycle": case.infusion.cycle, "previous": case.infusion.previous_date or "–"}


@edit("L15")
def diagnosis_form(case: Case) -> Iterable[Found]:
    """Diagnosis codes have the form of ICD-10-CM."""
    wrong = [code for code in case.diagnoses if not DIAGNOSIS.fullmatch(code)]
    if wrong or not case.diagnoses:
        yield {"codes": ", ".join(wrong) or "–"}


@edit("L16")
def diagnosis_twice(case: Case) -> Iterable[Found]:
    """No diagnosis twice."""
    twice = {code for code in case.diagnoses if case.diagnoses.count(code) > 1}
    if twice:
        yield {"codes": ", ".join(sorted(twice))}


@edit("L17")
def diagnoses_too_many(case: Case) -> Iterable[Found]:
    """No more diagnoses than the form holds."""
    most = MOST_DIAGNOSES[case.infusion.form]
    if len(case.diagnoses) > most:
        yield {"count": len(case.diagnoses), "most": most}


@edit("L18")
def diagnosis_dates(case: Case) -> Iterable[Found]:
    """Diagnosis codes are valid on the day."""
    day = case.infusion.infusion_date
    for code in case.diagnoses:
        first, last = case.tables.diagnosis_dates.get(code, (None, None))
        if (first and day < first) or (last and day > last):
            yield {"code": code, "day": day}


@edit("L19")
def principal_diagnosis(case: Case) -> Iterable[Found]:
    """A status code is no principal diagnosis."""
    if case.diagnoses and case.diagnoses[0] in case.tables.never_first:
        yield {"code": case.diagnoses[0]}


@edit("L20")
def pet_code_not_yet(case: Case) -> Iterable[Found]:
    """The code of the PET agent was valid on the day of the PET."""
    agent, day = case.tables.agents.get(case.infusion.pet_agent), case.infusion.pet_date
    if agent is not None and day is not None and day < agent.valid_from:
        yield {"agent": agent.code, "first": agent.valid_from, "pet": day}
