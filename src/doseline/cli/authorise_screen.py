"""What ``doseline authorise`` shows: each criterion, what is missing, clocks, steps, renewals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.cli.authorise_words import length_words, said, value_words, wanted_words
from doseline.cli.screen import Words, show, show_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from doseline.authorise.check import Answer, Checked
    from doseline.authorise.names import Stage
    from doseline.authorise.policy import Policy
    from doseline.authorise.record import Fact


def show_policies(policies: Sequence[Policy], words: Words) -> None:
    """Every policy with its payer and product."""
    show_table(
        words("cli.authorise_policies_title", policies=len(policies)),
        _columns(words, "policy", "country", "payer", "product", "since"),
        [
            [
                one.name,
                one.payer.country,
                said(one.payer.description, words),
                said(one.product.description, words),
                str(one.cover.since),
            ]
            for one in policies
        ],
    )
    show("")
    show(words("cli.authorise_pattern"))
    show(words("cli.authorise_try"))


def show_answer(answer: Answer, words: Words, *, values: bool) -> None:
    """What the record proves, what it lacks, by when, and what the payer still decides."""
    open_ones = [one for one in answer.checked if one.found.status != "met"]
    show(
        words(
            "cli.authorise_headline",
            policy=answer.policy.name,
            day=answer.day,
            stage=words(f"authorise.stage.{answer.stage}"),
        )
    )
    steps = sum(one.state != "done" for one in answer.steps)
    show(
        words(
            f"cli.authorise_{answer.verdict}",
            open=len(open_ones),
            all=len(answer.checked),
            steps=steps,
        )
    )
    _show_criteria(answer, words, values=values)
    _show_missing(open_ones, answer.stage, words)
    _show_steps(answer, words)
    _show_clocks(answer, words)
    _show_course(answer, words)
    show("")
    show(words("cli.authorise_decides"))
    for one in answer.policy.payer.decides:
        show(f"- {said(one, words)}")
    show(words("cli.authorise_pattern"))
    show(words("cli.authorise_next" if open_ones or steps else "cli.authorise_next_complete"))


def _columns(words: Words, *names: str) -> list[str]:
    return [words(f"cli.authorise_col_{name}") for name in names]


def _show_criteria(answer: Answer, words: Words, *, values: bool) -> None:
    rows = []
    for one in answer.checked:
        proof = words.listed([_fact(fact, words, values=values) for fact in one.found.proof])
        rows.append(
            [
                said(one.criterion.what, words),
                words(f"authorise.status.{one.found.status}"),
                proof or "–",
                _day(one.found.good_until) + (" !" if one.ages_before_dose else ""),
            ]
        )
    show_table(
        words("cli.authorise_criteria", product=said(answer.policy.product.description, words)),
        _columns(words, "criterion", "status", "proof", "good_until"),
        rows,
    )
    if any(one.ages_before_dose for one in answer.checked):
        show(words("cli.authorise_ages", day=answer.submit_by))


def _show_missing(open_ones: Sequence[Checked], stage: Stage, words: Words) -> None:
    rows = [
        [
            said(one.criterion.what, words),
            _why(one, stage, words),
            words(f"authorise.owner.{one.criterion.owner}"),
            _day(one.by) + (" !" if one.late else ""),
            words("authorise.days", days=one.criterion.lead_d),
        ]
        for one in open_ones
    ]
    if rows:
        show_table(
            words("cli.authorise_missing"),
            _columns(words, "criterion", "what", "owner", "by", "takes"),
            rows,
        )
    if any(one.late for one in open_ones):
        show(words("cli.authorise_late"))


def _why(one: Checked, stage: Stage, words: Words) -> str:
    """What to bring, or why what is there does not decide."""
    found = one.found
    if found.status == "not_met":
        names = words.listed([fact.reference for fact in found.proof])
        return words("cli.authorise_against", what=names) if names else "–"
    parts = [wanted_words(part, words, stage) for part in found.wanted]
    for fact, why in found.unclear:
        reason = words(f"authorise.unclear.{why}")
        parts.append(words("cli.authorise_unclear", what=fact.reference, why=reason))
    return words.listed(parts)


def _show_steps(answer: Answer, words: Words) -> None:
    if not answer.steps:
        return
    show_table(
        words("cli.authorise_steps"),
        _columns(words, "step", "status", "day", "owner", "takes"),
        [
            [
                said(one.step.what, words),
                words(f"authorise.step.{one.state}"),
                str(one.day),
                words(f"authorise.owner.{one.step.owner}"),
                words("authorise.days", days=one.step.typical_d),
            ]
            for one in answer.steps
        ],
    )


def _show_clocks(answer: Answer, words: Words) -> None:
    if answer.policy.payer.asks == "none":
        show("")
        show(words("cli.authorise_none"))
        return
    show_table(
        words("cli.authorise_clocks"),
        _columns(words, "item", "request", "length", "due", "due_local", "source"),
        [
            [
                words(f"authorise.item.{due.clock.item}"),
                words(f"authorise.request.{due.clock.request}"),
                length_words(due.clock, words),
                f"{due.at:%Y-%m-%d %H:%M}" if due.at else "–",
                due.local.isoformat(" ", "minutes") if due.local else "–",
                due.clock.cited.source.title,
            ]
            for due in answer.clocks
        ],
    )
    for clock in answer.proposed:
        show(
            words(
                "cli.authorise_proposed",
                item=words(f"authorise.item.{clock.item}"),
                request=words(f"authorise.request.{clock.request}"),
                length=length_words(clock, words),
                since=clock.since,
                source=clock.cited.source.title,
            )
        )


def _show_course(answer: Answer, words: Words) -> None:
    if not answer.doses:
        show("")
        show(words("cli.authorise_no_dose"))
        return
    renewed = {one.cycle: words(f"authorise.reason.{one.reason}") for one in answer.renewals}
    show_table(
        words("cli.authorise_course"),
        _columns(words, "cycle", "day", "basis", "renewal"),
        [
            [
                str(one.cycle),
                str(one.day),
                words(f"authorise.basis.{one.basis}"),
                renewed.get(one.cycle, "–"),
            ]
            for one in answer.doses
        ],
    )
    if answer.submit_by is not None:
        passed = answer.submit_by < answer.day
        key = "cli.authorise_passed" if passed else "cli.authorise_submit_by"
        show(words(key, day=answer.submit_by))


def _fact(fact: Fact, words: Words, *, values: bool) -> str:
    day = f" ({fact.when.last})" if fact.when else ""
    value = value_words(fact, words) if values else None
    return f"{fact.reference}{day}" + (f" {value}" if value else "")


def _day(day: date | None) -> str:
    return str(day) if day else "–"
