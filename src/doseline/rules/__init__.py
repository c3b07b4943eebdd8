"""The rules engine: dated, cited parameters; rules with periods; decisions that explain themselves.

It knows no country. A rulebook brings rules and parameters, ``doseline.io.rulebooks`` finds it by
name.
"""

from __future__ import annotations

from doseline.physics.release import Measure
from doseline.rules.blueprint import Blueprint, Patch
from doseline.rules.book import RuleBook
from doseline.rules.charge import Charge, charged
from doseline.rules.codes import BillingCode, CodeKind, CodeStatus
from doseline.rules.day import Day
from doseline.rules.decision import Decision
from doseline.rules.difference import (
    ChangedParameter,
    ChangedPayment,
    ChangedRule,
    Difference,
    difference,
    reading_on,
    rule_on,
)
from doseline.rules.flow import (
    CHANNELS,
    PARTIES,
    Case,
    Channel,
    Flow,
    Party,
    Payment,
    balance,
    to_cents,
)
from doseline.rules.many import Cases, Decided, Paid, decide_many, distinct_cases, pay_many
from doseline.rules.parameter import Parameter, Reading, Source, Text, Value
from doseline.rules.parse import parse_parameter
from doseline.rules.rule import Ask, Line, Outcome, Rule
from doseline.rules.safety import (
    OperationRule,
    OperationTest,
    ReleaseCriterion,
    ReleaseTest,
    StorageRule,
    StorageTest,
)
from doseline.rules.whatif import Change, parse_what_if
from doseline.rules.worked import parse_flow

__all__ = [
    "CHANNELS",
    "PARTIES",
    "Ask",
    "BillingCode",
    "Blueprint",
    "Case",
    "Cases",
    "Change",
    "ChangedParameter",
    "ChangedPayment",
    "ChangedRule",
    "Channel",
    "Charge",
    "CodeKind",
    "CodeStatus",
    "Day",
    "Decided",
    "Decision",
    "Difference",
    "Flow",
    "Line",
    "Measure",
    "OperationRule",
    "OperationTest",
    "Outcome",
    "Paid",
    "Parameter",
    "Party",
    "Patch",
    "Payment",
    "Reading",
    "ReleaseCriterion",
    "ReleaseTest",
    "Rule",
    "RuleBook",
    "Source",
    "StorageRule",
    "StorageTest",
    "Text",
    "Value",
    "balance",
    "charged",
    "decide_many",
    "difference",
    "distinct_cases",
    "parse_flow",
    "parse_parameter",
    "parse_what_if",
    "pay_many",
    "reading_on",
    "rule_on",
    "to_cents",
]
