"""The rules engine: dated, cited parameters; rules with periods; decisions that explain themselves.

It knows no country. A rulebook brings rules and parameters, ``doseline.io.rulebooks`` finds it by
name.
"""

from __future__ import annotations

from doseline.physics.release import Measure
from doseline.rules.book import Blueprint, Day, RuleBook
from doseline.rules.charge import Charge, charged
from doseline.rules.codes import BillingCode, CodeKind, CodeStatus
from doseline.rules.decision import Decision
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

__all__ = [
    "CHANNELS",
    "PARTIES",
    "Ask",
    "BillingCode",
    "Blueprint",
    "Case",
    "Cases",
    "Channel",
    "Charge",
    "CodeKind",
    "CodeStatus",
    "Day",
    "Decided",
    "Decision",
    "Flow",
    "Line",
    "Measure",
    "OperationRule",
    "OperationTest",
    "Outcome",
    "Paid",
    "Parameter",
    "Party",
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
    "distinct_cases",
    "parse_parameter",
    "pay_many",
    "to_cents",
]
