"""What is public about codes and payers: read once from ``codes.yaml`` and ``payers.yaml``."""

from __future__ import annotations

import functools
import importlib.resources
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from doseline.claims.units import activity_bq

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

BOTH_FORMS = ("institutional", "professional")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where facts of a table come from."""

    title: str
    address: str
    confidence: str
    as_of: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A code that counts a drug: what one unit is, when it holds, on which forms."""

    code: str
    unit_bq: int | None
    """Activity of one unit [Bq]; None for a code without a product, counted as one."""
    valid_from: date
    valid_to: date | None
    forms: tuple[str, ...]
    drug_codes: tuple[str, ...]
    """First nine digits of the drug codes that it covers; empty: not known."""
    pass_through: tuple[date, date] | None
    """First and last day on which it was paid as pass-through."""
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Therapy(Code):
    """A therapeutic product: its label in numbers."""

    name: Mapping[str, str]
    approved: date
    revenue: tuple[str, ...]
    diagnoses: tuple[str, ...]
    """Starts of diagnosis codes within the label."""
    castration_resistant: tuple[str, ...]
    """Codes that prove what the label asks for; empty: it asks for none."""
    sex: str
    age_from: int
    doses_bq: tuple[int, ...]
    """Doses of the label [Bq], the full one first; empty: dosed otherwise."""
    dose_bq_per_kg: int | None
    may_rise_again: bool
    """Whether the label lets a reduced dose return to the full one."""
    interval_days: int
    interval_early_days: int
    longest_days: int | None
    cycles: int
    cumulative_bq: int | None
    volume_ml: tuple[float, float]
    target: str
    """What a PET must show before; empty: none is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent(Code):
    """A PET agent: its target, and whether its label covers selection for therapy."""

    name: Mapping[str, str]
    target: str
    selects: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """What a kind of payer asks of a claim."""

    kind: str
    indicator: Mapping[str, str]
    """Claim filing indicator by form (SBR09)."""
    filing_days: int
    member: re.Pattern[str] | None
    self_only: bool
    wastage: bool
    authorisation: bool
    scan_modifier: bool
    discount_modifier: bool
    drug_code: bool
    trial_codes: bool
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeTables:
    """All codes and payers that are known, and where they come from."""

    therapies: Mapping[str, Therapy]
    unnamed: Mapping[str, Code]
    agents: Mapping[str, Agent]
    payers: Mapping[str, Payer]
    diagnosis_dates: Mapping[str, tuple[date | None, date | None]]
    never_first: frozenset[str]
    sources: Mapping[str, Source]

    def drug(self, code: str) -> Code | None:
        """The code as one that counts a drug, if it is one."""
        return self.therapies.get(code) or self.unnamed.get(code) or self.agents.get(code)


@functools.cache
def code_tables() -> CodeTables:
    """The tables that ship."""
    codes, payers = _read("codes.yaml"), _read("payers.yaml")
    return CodeTables(
        therapies={code: _therapy(code, one) for code, one in codes["therapies"].items()},
        unnamed={code: Code(**_common(code, one)) for code, one in codes["unnamed"].items()},
        agents={code: _agent(code, one) for code, one in codes["agents"].items()},
        payers={kind: _payer(kind, one) for kind, one in payers["payers"].items()},
        diagnosis_dates={
            code: (one.get("valid_from"), one.get("valid_to"))
            for code, one in codes["diagnosis_dates"].items()
        },
        never_first=frozenset(codes["never_first"]),
        sources={
            name: Source(**one)
            for tree in (codes["sources"], payers["sources"])
            for name, one in tree.items()
        },
    )


def _read(name: str) -> Any:
    """The content of a table that ships."""
    file = importlib.resources.files("doseline.claims") / name
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def _common(code: str, one: dict[str, Any]) -> dict[str, Any]:
    """What every code has."""
    period = one.get("pass_through")
    return {
        "code": code,
        "unit_bq": activity_bq(one["unit"]) if "unit" in one else None,
        "valid_from": one["valid_from"],
        "valid_to": one.get("valid_to"),
        "forms": tuple(one.get("forms", BOTH_FORMS)),
        "drug_codes": tuple(one.get("drug_codes", ())),
        "pass_through": (period[0], period[1]) if period else None,
        "sources": tuple(one["sources"]),
    }


def _therapy(code: str, one: dict[str, Any]) -> Therapy:
    low, high = one["volume_ml"]
    return Therapy(
        **_common(code, one),
        name=one["name"],
        approved=one["approved"],
        revenue=tuple(one["revenue"]),
        diagnoses=tuple(one["diagnoses"]),
        castration_resistant=tuple(one["castration_resistant"]),
        sex=one["sex"],
        age_from=one["age_from"],
        doses_bq=tuple(activity_bq(dose) for dose in one["doses"]),
        dose_bq_per_kg=activity_bq(one["dose_per_kg"]) if "dose_per_kg" in one else None,
        may_rise_again=one["may_rise_again"],
        interval_days=one["interval_days"],
        interval_early_days=one["interval_early_days"],
        longest_days=one["longest_days"],
        cycles=one["cycles"],
        cumulative_bq=activity_bq(one["cumulative"]) if one["cumulative"] else None,
        volume_ml=(float(low), float(high)),
        target=one["target"],
    )


def _agent(code: str, one: dict[str, Any]) -> Agent:
    return Agent(
        **_common(code, one), name=one["name"], target=one["target"], selects=one["selects"]
    )


def _payer(kind: str, one: dict[str, Any]) -> Payer:
    about = {name: value for name, value in one.items() if name != "member_pattern"}
    pattern = re.compile(one["member_pattern"]) if one["member_pattern"] else None
    return Payer(kind=kind, member=pattern, **{**about, "sources": tuple(one["sources"])})
