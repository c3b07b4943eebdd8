"""One of each error of rulebooks, what-if files and flows."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from doseline.rules.errors import (
    BadEntryError,
    BadFlowError,
    DuplicateKeyError,
    EmptyEntryError,
    MissingKeyError,
    MixedCurrencyError,
    NothingInForceError,
    NotYamlError,
    SeveralFaultsError,
    TooMuchMoneyError,
    UncitedError,
    UnknownKeyError,
    UnknownParameterError,
    UnknownTopicError,
    WhatIfUnreadableError,
    nearest,
)
from doseline.rules.parameter import Text
from doseline.study.participation import UnpricedDoseError

if TYPE_CHECKING:
    from doseline.errors import DoselineError

_BAD = BadFlowError("code", "A9670", nearest("A9670", ("A9607", "A9513")))

RULES_ERRORS: list[DoselineError] = [
    NotYamlError("if.yaml", line=3),
    DuplicateKeyError("if.yaml", "fee", 3),
    UnknownKeyError("if.yaml", "fea", ("fee", "rate"), line=3),
    MissingKeyError("if.yaml", "values", line=3),
    UncitedError("if.yaml", "fee", line=3),
    BadEntryError("if.yaml", "fee, value", "x", "a number", line=3),
    UnknownParameterError("us", "fea", ("fee",)),
    UnknownTopicError("us", "fea", ("fee",)),
    NothingInForceError("fee", date(2024, 1, 1), date(2025, 1, 1)),
    _BAD,
    UnpricedDoseError("near", "lu-psma", "ffs", _BAD),
    WhatIfUnreadableError("if.yaml", "no such file"),
    EmptyEntryError("if.yaml", Text(en="a date", zh="日期"), line=3),
    SeveralFaultsError("if.yaml", [UncitedError("if.yaml", "fee", line=one) for one in (3, 4)]),
    TooMuchMoneyError("1"),
    MixedCurrencyError("CNY", "USD"),
]
