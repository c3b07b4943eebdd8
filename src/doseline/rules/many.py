"""A million flows at once: each distinct case is decided one by one, then handed to its flows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from doseline.rules.errors import BadFlowError
from doseline.rules.flow import CHANNELS, Case, billed_units, refuse_bad_activity, refuse_bad_facts
from doseline.rules.parameter import Text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from numpy.typing import NDArray

    from doseline.rules.book import RuleBook
    from doseline.rules.day import Day
    from doseline.rules.decision import Decision
    from doseline.rules.flow import Payment

FLOW_COLUMNS = {
    "code": pl.String,
    "activity_bq": pl.Float64,
    "service_date": pl.Date,
    "payer": pl.String,
    "setting": pl.String,
}
"""Columns that a table of flows must have; ``administered_bq`` may be there, with gaps."""

MORE_COLUMNS: dict[str, pl.DataType | type[pl.DataType]] = {
    "locality": pl.String,
    "channel": pl.String,
    "nights": pl.Int64,
    "price": pl.Decimal(38, 2),
    "contract": pl.String,
    "cover": pl.String,
    "charge": pl.Decimal(38, 2),
    "discount": pl.Boolean,
}
"""Columns that may be there, for facts that have a default; only money may have gaps."""

_FACTS = ["code", "payer", "setting", "units"]
_MAY_HAVE_GAPS = ("price", "charge")
_A_COLUMN = Text(en="a column of this name in the table of flows", zh="流程表中的同名列")
_NO_GAPS = Text(en="a column without gaps", zh="没有空缺的列")
_PAYMENT_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "case": pl.UInt32,
    "party_from": pl.String,
    "party_to": pl.String,
    "what": pl.String,
    "amount": pl.Decimal(38, 2),
    "currency": pl.String,
    "rule": pl.String,
    "assumption": pl.Boolean,
    "carried_forward": pl.Boolean,
    "confidence": pl.String,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """The distinct cases in a table of flows, and which one each flow is."""

    cases: tuple[Case, ...]
    days: tuple[date, ...]
    """For each case a day of service between the same turns of the rulebook as its own."""
    case_of: NDArray[np.int64]
    """Index into ``cases`` for each flow; shape (flows,)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A decision for each flow."""

    cases: Cases
    decisions: tuple[Decision, ...]
    """One for each distinct case."""

    def of(self, flow: int) -> Decision:
        """The decision for the flow in a row."""
        return self.decisions[int(self.cases.case_of[flow])]

    def values(self) -> NDArray[np.float64]:
        """Value for each flow, for objectives only: floats are not exact; shape (flows,)."""
        values = np.array([float(decision.value) for decision in self.decisions])
        return values[self.cases.case_of]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """The payments for each flow."""

    cases: Cases
    payments: tuple[tuple[Payment, ...], ...]
    """Those of each distinct case."""

    def of(self, flow: int) -> tuple[Payment, ...]:
        """The payments for the flow in a row."""
        return self.payments[int(self.cases.case_of[flow])]

    def table(self) -> pl.DataFrame:
        """One row a payment, exact amounts; ``flow`` is the row of the table of flows."""
        rows = [
            (case, *_row(payment))
            for case, payments in enumerate(self.payments)
            for payment in payments
        ]
        each = pl.DataFrame(rows, schema=_PAYMENT_SCHEMA, orient="row")
        flows = pl.DataFrame({"case": self.cases.case_of}, schema={"case": pl.UInt32})
        return (
            flows.with_row_index("flow")
            .join(each, on="case", maintain_order="left_right")
            .drop("case")
        )


def distinct_cases(book: RuleBook, flows: pl.DataFrame) -> Cases:
    """The distinct cases in a table of flows, in the order in which they first appear.

    Raises:
        BadFlowError: If a column is missing, has gaps, or holds an activity that is none.
    """
    table = _with_units(book, _checked(flows).with_columns(turn=_turn(book, flows)))
    facts_of = [*_FACTS, *(name for name in MORE_COLUMNS if name in flows.columns)]
    key = [*facts_of, "turn"]
    distinct = table.unique(subset=key, keep="first", maintain_order=True).with_row_index("case")
    case_of = table.join(
        distinct.select(*key, "case"), on=key, how="left", maintain_order="left", nulls_equal=True
    )["case"]
    facts = distinct.select(facts_of)
    day_of_turn = pl.col("service_date").first().over("turn")
    return Cases(
        cases=tuple(Case(**row) for row in facts.iter_rows(named=True)),
        days=tuple(distinct.select(day_of_turn).to_series()),
        case_of=case_of.cast(pl.Int64).to_numpy(),
    )


def decide_many(book: RuleBook, topic: str, flows: pl.DataFrame) -> Decided:
    """What the rule on a topic says of each flow; equal to deciding them one by one.

    Args:
        book: The rulebook.
        topic: Name of the topic.
        flows: One row a flow, with the columns ``FLOW_COLUMNS``, and ``MORE_COLUMNS`` if needed.
    """
    found = distinct_cases(book, flows)
    decisions = tuple(day.decide(topic, case) for day, case in _asked(book, found))
    return Decided(cases=found, decisions=decisions)


def pay_many(book: RuleBook, flows: pl.DataFrame) -> Paid:
    """The payments that rules decide for each flow; equal to paying them one by one.

    Args:
        book: The rulebook.
        flows: One row a flow, with the columns ``FLOW_COLUMNS``, and ``MORE_COLUMNS`` if needed.
    """
    found = distinct_cases(book, flows)
    return Paid(cases=found, payments=tuple(day.pay(case) for day, case in _asked(book, found)))


def _asked(book: RuleBook, found: Cases) -> Iterator[tuple[Day, Case]]:
    """Each case with the rulebook on its day; a day is one for all its cases, and remembers."""
    days = {day: book.on(day) for day in set(found.days)}
    return ((days[day], case) for day, case in zip(found.days, found.cases, strict=True))


def _checked(flows: pl.DataFrame) -> pl.DataFrame:
    """The columns that count, without gaps; the activity is what may be billed."""
    for column in FLOW_COLUMNS:
        if column not in flows.columns:
            raise BadFlowError(column, None, _A_COLUMN)
    activity = pl.col("activity_bq")
    if "administered_bq" in flows.columns:
        activity = pl.min_horizontal(activity, pl.col("administered_bq"))
        _refuse_bad_activity("administered_bq", flows["administered_bq"].drop_nulls())
    _refuse_bad_activity("activity_bq", flows["activity_bq"].drop_nulls())
    table = flows.select(
        *(
            pl.col(name).cast(dtype)
            for name, dtype in FLOW_COLUMNS.items()
            if name != "activity_bq"
        ),
        *(
            pl.col(name).cast(dtype)
            for name, dtype in MORE_COLUMNS.items()
            if name in flows.columns
        ),
        activity.cast(pl.Float64).alias("activity_bq"),
    )
    for column in table.columns:
        if column not in _MAY_HAVE_GAPS and flows[column].null_count():
            raise BadFlowError(column, None, _NO_GAPS)
    _refuse_bad_facts(table)
    return table


def _refuse_bad_facts(table: pl.DataFrame) -> None:
    """Refuse the first fact that one flow alone would be refused for."""
    for name in ("channel", "nights", "price", "charge"):
        if name in table.columns:
            for found in table[name].unique(maintain_order=True):
                refuse_bad_facts(
                    channel=found if name == "channel" else CHANNELS[0],
                    nights=found if name == "nights" else 0,
                    price=found if name == "price" else None,
                    charge=found if name == "charge" else None,
                )


def _refuse_bad_activity(column: str, activity: pl.Series) -> None:
    bad = activity.filter(~(activity.is_finite() & (activity >= 0)))
    if len(bad):
        refuse_bad_activity(column, bad[0])


def _turn(book: RuleBook, flows: pl.DataFrame) -> pl.Series:
    """How many turns of the rulebook lie on or before each day of service."""
    turns = np.array(book.turns(), dtype="datetime64[D]")
    days = flows["service_date"].cast(pl.Date).to_numpy().astype("datetime64[D]")
    return pl.Series(np.searchsorted(turns, days, side="right"))


def _with_units(book: RuleBook, table: pl.DataFrame) -> pl.DataFrame:
    """The table with billing units; the unit of a code is looked up once between two turns."""
    looked_up = ["code", "turn"]
    codes = table.unique(subset=looked_up, keep="first", maintain_order=True)
    unit_bq = [
        book.on(day).unit_bq(code) for code, day in codes.select("code", "service_date").iter_rows()
    ]
    units = codes.select(looked_up).with_columns(unit_bq=pl.Series(unit_bq, dtype=pl.Float64))
    each = table.join(units, on=looked_up, how="left", maintain_order="left")
    billed = billed_units(each["activity_bq"].to_numpy(), each["unit_bq"].to_numpy())
    return table.with_columns(units=pl.Series(billed))


def _row(payment: Payment) -> tuple[object, ...]:
    decision = payment.decision
    return (
        payment.party_from,
        payment.party_to,
        payment.what,
        payment.amount,
        decision.unit,
        decision.rule,
        decision.rests_on_assumption,
        decision.carried_forward,
        decision.confidence,
    )
