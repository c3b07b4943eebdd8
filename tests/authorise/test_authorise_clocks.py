"""Ends of the payer's clock, worked out by hand."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import pytest

from doseline.authorise.clocks import due_times, submission
from doseline.authorise.errors import BadSubmissionError, UnknownZoneError
from doseline.authorise.library import shipped
from doseline.io.rulebooks import load_rulebook

if TYPE_CHECKING:
    from doseline.authorise.names import Item, Request


def ends(payer: str, item: Item, request: Request, submitted: str, zone: str) -> list[str]:
    at = submission(submitted, zone)
    found = due_times(shipped().payers[payer].clocks, at.date(), at)
    return [
        f"{one.at:%Y-%m-%dT%H:%MZ} {one.local:%H:%M%z}"
        for one in found
        if one.at and one.local and (one.clock.item, one.clock.request) == (item, request)
    ]


@pytest.mark.parametrize(
    ("payer", "item", "request_", "submitted", "zone", "expected"),
    [
        # 72 and 24 hours for a drug under Part B; 09:30 in New York is 13:30 UTC in May.
        ("medicare_advantage", "drug", "standard", "2026-05-04T09:30-04:00", "America/New_York",
         "2026-05-07T13:30Z 09:30-0400"),
        ("medicare_advantage", "drug", "expedited", "2026-05-04T09:30-04:00", "America/New_York",
         "2026-05-05T13:30Z 09:30-0400"),
        # Seven days for the PET and the procedure since 2026, fourteen before.
        ("medicare_advantage", "imaging", "standard", "2026-05-04T09:30-04:00", "",
         "2026-05-11T13:30Z 09:30-0400"),
        ("medicare_advantage", "procedure", "standard", "2025-12-31T12:00+00:00", "",
         "2026-01-14T12:00Z 12:00+0000"),
        ("medicare_advantage", "procedure", "standard", "2026-01-01T12:00+00:00", "",
         "2026-01-08T12:00Z 12:00+0000"),
        # Clocks go forward on 8 March 2026: 72 hours end an hour later on the wall,
        # seven days of the calendar at the same time on the wall.
        ("medicare_advantage", "drug", "standard", "2026-03-06T10:00-05:00", "America/New_York",
         "2026-03-09T15:00Z 11:00-0400"),
        ("medicare_advantage", "imaging", "standard", "2026-03-06T10:00-05:00",
         "America/New_York", "2026-03-13T14:00Z 10:00-0400"),
        # They go back on 1 November 2026.
        ("medicare_advantage", "drug", "standard", "2026-10-30T10:00-04:00", "America/New_York",
         "2026-11-02T14:00Z 09:00-0500"),
        ("medicaid", "drug", "standard", "2026-05-04T09:30-05:00", "America/Chicago",
         "2026-05-05T14:30Z 09:30-0500"),
        ("medicaid", "imaging", "expedited", "2026-05-04T09:30-05:00", "America/Chicago",
         "2026-05-07T14:30Z 09:30-0500"),
        ("marketplace", "imaging", "standard", "2026-05-04T09:30-05:00", "America/Chicago",
         "2026-05-19T14:30Z 09:30-0500"),
        ("employer_plan", "drug", "expedited", "2026-05-04T09:30-05:00", "America/Chicago",
         "2026-05-07T14:30Z 09:30-0500"),
        ("negotiated_drug", "filing", "standard", "2027-03-01T16:00+08:00", "Asia/Shanghai",
         "2027-03-04T08:00Z 16:00+0800"),
    ],
)  # fmt: skip
def test_ends_by_hand(
    *, payer: str, item: Item, request_: Request, submitted: str, zone: str, expected: str
) -> None:
    assert ends(payer, item, request_, submitted, zone) == [expected]


def test_the_rule_on_services_never_sets_the_clock_of_a_drug() -> None:
    """CMS-0057-F leaves drugs out, and is not applied to plans of the marketplace."""
    for name, payer in shipped().payers.items():
        for clock in payer.clocks:
            if "CMS-0057-F (89 FR 8758)" in clock.cited.source.title:
                assert clock.item in {"imaging", "procedure"}
                assert name in {"medicare_advantage", "medicaid", "medicaid_state"}


def test_a_drug_under_part_b_is_never_extended() -> None:
    for clock in shipped().payers["medicare_advantage"].clocks:
        assert (clock.extension_d is None) == (clock.item == "drug")


def test_a_proposal_is_shown_and_never_counted() -> None:
    proposed = [
        clock
        for payer in shipped().payers.values()
        for clock in payer.clocks
        if clock.state == "proposed"
    ]
    assert {clock.cited.source.title[:10] for clock in proposed} == {"CMS-0062-P"}
    assert not any(clock.runs_on(date(2030, 1, 1)) for clock in proposed)


def test_fee_for_service_has_no_clock() -> None:
    payer = shipped().payers["medicare_ffs"]
    assert (payer.asks, payer.clocks, payer.renewal) == ("none", (), None)


def test_one_clock_at_most_runs_for_each_kind_of_request() -> None:
    for payer in shipped().payers.values():
        for day in (date(2025, 12, 31), date(2026, 1, 1), date(2027, 3, 1), date(2028, 1, 1)):
            running = [(one.item, one.request) for one in payer.clocks if one.runs_on(day)]
            assert len(running) == len(set(running))


def test_clocks_are_those_of_the_rulebooks() -> None:
    payers, day = shipped().payers, date(2027, 3, 1)
    for book, key, payer, item in (
        ("us", "authorisation.medicare_advantage_h", "medicare_advantage", "drug"),
        ("us", "authorisation.commercial_h", "commercial", "drug"),
        ("cn", "authorisation.special_drug_filing_h", "negotiated_drug", "filing"),
        ("cn", "authorisation.commercial_list_h", "innovative_drug_plan", "filing"),
    ):
        hours = int(load_rulebook(book).parameters[key].on(day).value.amount)
        (clock,) = [
            one
            for one in payers[payer].clocks
            if (one.item, one.request) == (item, "standard") and one.runs_on(day)
        ]
        assert (clock.hours or 24 * (clock.days or 0)) == hours, key


def test_steps_are_as_long_as_in_the_rulebook() -> None:
    parameters = load_rulebook("cn").parameters
    for step in shipped().payers["negotiated_drug"].steps:
        key = f"authorisation.{step.name}_d"
        assert step.typical_d == parameters[key].values[0].amount, key


def test_without_submission_there_is_a_length_and_no_end() -> None:
    found = due_times(shipped().payers["medicare_advantage"].clocks, date(2026, 5, 4), None)
    assert {(one.at, one.local) for one in found} == {(None, None)}


@pytest.mark.parametrize("text", ["2026-05-04", "2026-05-04T09:30", "soon", "0001-01-01T00:00Z"])
def test_an_instant_needs_its_offset(text: str) -> None:
    with pytest.raises(BadSubmissionError):
        submission(text, "")


@pytest.mark.parametrize("zone", ["Mars/Base", "../etc", "/etc/passwd"])
def test_a_zone_must_exist(zone: str) -> None:
    with pytest.raises(UnknownZoneError):
        submission("2026-05-04T09:30Z", zone)


def test_the_zone_is_that_of_the_submission() -> None:
    assert submission("2026-05-04T23:30-04:00", "Asia/Shanghai") == datetime.fromisoformat(
        "2026-05-05T03:30+00:00"
    )
