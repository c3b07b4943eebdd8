"""A patient record against a policy: what is there, what is missing, whose it is, and by when.

It never says that a payer will pay: a file can be complete, and the payer still decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from doseline.authorise.clocks import Due, due_times
from doseline.authorise.course import Dose, RenewalDue, course_of, next_renewal, renewals
from doseline.authorise.errors import NotYetCoveredError
from doseline.authorise.found import Asking, Found
from doseline.authorise.judge import judge
from doseline.authorise.steps import StepAnswer, judge_steps

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from doseline.authorise.names import Stage, Verdict
    from doseline.authorise.policy import Clock, Criterion, Policy
    from doseline.authorise.record import Record

_STANDARD = ("drug", "filing")
"""Clocks that the dose itself waits for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One criterion and what the record says of it."""

    criterion: Criterion
    found: Found
    by: date | None
    """Day by which its owner must bring it; none if it is met or no dose is planned."""
    late: bool
    """Whether its owner typically needs longer than that."""
    ages_before_dose: bool
    """Whether it is met now and will have expired on the day of submission for the dose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Everything that is said of a record under a policy."""

    policy: Policy
    patient: str
    day: date
    stage: Stage
    verdict: Verdict
    checked: tuple[Checked, ...]
    clocks: tuple[Due, ...]
    proposed: tuple[Clock, ...]
    """Clocks that are proposed and not law."""
    steps: tuple[StepAnswer, ...]
    doses: tuple[Dose, ...]
    renewals: tuple[RenewalDue, ...]
    next_renewal: RenewalDue | None
    submit_by: date | None
    """Last day of submission for the next dose that needs it; none if none is planned."""
    ignored: int


def check(
    record: Record,
    policy: Policy,
    *,
    day: date,
    submitted: datetime | None = None,
    done: Mapping[str, date] | None = None,
) -> Answer:
    """What a record proves under a policy on a day.

    Args:
        record: The patient's record.
        policy: Payer and product.
        day: Day of the check; evidence is as old as it is on this day.
        submitted: Instant of submission, in the zone in which its days are counted.
        done: Day of each step that the hospital has behind or before it.

    Raises:
        NotYetCoveredError: If the payer cannot pay for the product on that day.
    """
    if day < policy.cover.since:
        raise NotYetCoveredError(policy.name, day, policy.cover.since)
    doses = course_of(record, policy.product, day)
    given = [dose for dose in doses if dose.basis == "given"]
    stage: Stage = "renewal" if given else "first"
    renewal = next_renewal(policy, doses)
    submit_by = _submit_by(policy, doses, renewal, stage, day)
    asking = Asking(
        record=record,
        day=day,
        last_dose=given[-1].day if given else None,
        doses_left=len(given) < policy.product.course.cycles,
    )
    checked = tuple(
        _checked(one, judge(one.proof, asking), submit_by, day)
        for one in policy.criteria(stage, day)
    )
    steps = judge_steps(policy.payer.steps, done or {}, day)
    return Answer(
        policy=policy,
        patient=record.patient,
        day=day,
        stage=stage,
        verdict=_verdict(checked, steps),
        checked=checked,
        clocks=due_times(policy.payer.clocks, submitted.date() if submitted else day, submitted),
        proposed=tuple(clock for clock in policy.payer.clocks if clock.state == "proposed"),
        steps=steps,
        doses=doses,
        renewals=renewals(doses, policy.payer.renewal),
        next_renewal=renewal,
        submit_by=submit_by,
        ignored=record.ignored,
    )


def _verdict(checked: Sequence[Checked], steps: Sequence[StepAnswer]) -> Verdict:
    statuses = {one.found.status for one in checked}
    if "not_met" in statuses:
        return "contradicted"
    done = all(one.state == "done" for one in steps)
    return "complete" if statuses <= {"met"} and done else "incomplete"


def _checked(criterion: Criterion, found: Found, submit_by: date | None, day: date) -> Checked:
    is_open = found.status not in {"met", "not_met"}
    by = submit_by if is_open else None
    end = found.good_until
    return Checked(
        criterion=criterion,
        found=found,
        by=by,
        late=by is not None and day + timedelta(days=criterion.lead_d) > by,
        ages_before_dose=found.status == "met"
        and submit_by is not None
        and end is not None
        and end < submit_by,
    )


def _submit_by(
    policy: Policy,
    doses: Sequence[Dose],
    renewal: RenewalDue | None,
    stage: Stage,
    day: date,
) -> date | None:
    """The next dose that needs a decision, less the payer's standard time in whole days."""
    if stage == "renewal":
        dose_day = renewal.day if renewal else None
    else:
        dose_day = doses[0].day if doses else None
    if dose_day is None:
        return None
    lengths = [
        clock.days or -(-(clock.hours or 0) // 24)
        for clock in policy.payer.clocks
        if clock.item in _STANDARD and clock.request == "standard" and clock.runs_on(day)
    ]
    return dose_day - timedelta(days=max(lengths, default=0))
