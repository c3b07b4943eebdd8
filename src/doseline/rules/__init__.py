"""The rules engine: dated, cited parameters; rules with periods; decisions that explain themselves.

It knows no country. A rulebook brings rules and parameters, ``doseline.io.rulebooks`` finds it by
name.
"""

from __future__ import annotations

from doseline.rules.book import Blueprint, Charge, Day, RuleBook, charged
from doseline.rules.decision import Decision
from doseline.rules.flow import PARTIES, Case, Flow, Party, Payment, balance, to_cents
from doseline.rules.many import Cases, Decided, Paid, decide_many, distinct_cases, pay_many
from doseline.rules.parameter import Parameter, Reading, Source, Text, Value
from doseline.rules.parse import parse_parameter
from doseline.rules.rule import Ask, Line, Outcome, Rule

__all__ = [
    "PARTIES",
    "Ask",
    "Blueprint",
    "Case",
    "Cases",
    "Charge",
    "Day",
    "Decided",
    "Decision",
    "Flow",
    "Line",
    "Outcome",
    "Paid",
    "Parameter",
    "Party",
    "Payment",
    "Reading",
    "Rule",
    "RuleBook",
    "Source",
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
