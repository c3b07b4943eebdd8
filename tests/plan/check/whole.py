"""An independent look at a plan: every limit counted again, one dose at a time, with its rounding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.plan.check.carried import transport_faults
from tests.plan.check.held import holding_faults
from tests.plan.check.kept import promise_faults
from tests.plan.check.made import making_faults
from tests.plan.check.ordered import order_faults
from tests.plan.check.paid import money_faults
from tests.plan.check.treated import treatment_faults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.plan.check.case import Case, Fault

CHECKS = (
    order_faults,
    making_faults,
    transport_faults,
    treatment_faults,
    holding_faults,
    promise_faults,
    money_faults,
)


def all_faults(case: Case) -> Iterator[Fault]:
    """Everything that a plan breaks, for certain or perhaps."""
    for check in CHECKS:
        yield from check(case)


def faults(case: Case) -> list[str]:
    """Sentences about everything that a plan breaks for certain."""
    return [fault.text for fault in all_faults(case) if fault.certain]


def doubts(case: Case) -> list[str]:
    """Sentences about limits that a plan passes by less than the solver's tolerance."""
    return [fault.text for fault in all_faults(case) if not fault.certain]
