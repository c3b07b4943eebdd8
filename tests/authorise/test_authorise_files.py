"""Policy files are read strictly, and what ships is cited, dated and says nothing of its own."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from tests.cli.shell import ROOT

from doseline.authorise.library import shipped, with_own
from doseline.authorise.place import root
from doseline.authorise.policy import AllOf, AnyOf, Evidence, Unless
from doseline.rules.errors import (
    BadEntryError,
    DuplicateKeyError,
    MissingKeyError,
    NotYamlError,
    RulebookError,
    UncitedError,
    UnknownKeyError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from doseline.authorise.policy import Cited, CodeSet, Proof

CODES = """description: {en: A, zh: 甲}
source: {title: T, address: assumption, as_of: 2026-01-01}
kind: assumption
confidence: low
codes:
  - {system: own, code: a}
"""
PRODUCT = """description: {en: P, zh: 乙}
source: {title: T, address: assumption, as_of: 2026-01-01}
kind: assumption
confidence: low
drug: mine
course: {cycles: 2, interval_d: 7}
criteria:
  thing:
    what: {en: Thing, zh: 物}
    stages: [first]
    owner: patient
    lead_d: 1
    since: 2026-01-01
    proof:
      evidence: {of: [Observation], codes: mine, at_least: 2, unit: g/L}
"""
PAYER = """description: {en: Q, zh: 丙}
country: XX
source: {title: T, address: assumption, as_of: 2026-01-01}
kind: assumption
confidence: low
asks: required
covers:
  mine: {since: 2026-01-01}
criteria:
  card:
    what: {en: Card, zh: 卡}
    stages: [first]
    owner: patient
    lead_d: 1
    since: 2026-01-01
    proof: {covered: {types: any}}
clocks:
  - {item: drug, request: standard, hours: 5, since: 2026-01-01, state: in_force}
steps:
  one: {what: {en: One, zh: 一}, owner: patient, typical_d: 3}
  two: {what: {en: Two, zh: 二}, owner: patient, typical_d: 3, after: [one]}
decides:
  - {en: All, zh: 全部}
"""


def _write(folder: Path, codes: str = CODES, product: str = PRODUCT, payer: str = PAYER) -> Path:
    for kind, text in (("codes", codes), ("products", product), ("payers", payer)):
        (folder / kind).mkdir(exist_ok=True)
        (folder / kind / "mine.yaml").write_text(text, encoding="utf-8")
    return folder


def test_a_folder_of_ones_own_adds_policies(tmp_path: Path) -> None:
    library = with_own(_write(tmp_path))
    assert library.policy("mine/mine").cover.since == date(2026, 1, 1)
    assert {one.name for one in shipped().policies()} < {one.name for one in library.policies()}


def test_ones_own_codes_are_added_to_those_of_the_same_name(tmp_path: Path) -> None:
    (tmp_path / "codes").mkdir()
    file = tmp_path / "codes" / "lu_psma_drug.yaml"
    file.write_text(CODES.replace("code: a", "code: house-4711"), encoding="utf-8")
    drug = with_own(tmp_path).products["lu_psma"].drug
    assert drug.holds(("urn:doseline:code", "house-4711"))
    assert drug.holds(("http://hl7.org/fhir/sid/ndc", "69488-0010-61"))
    assert not shipped().products["lu_psma"].drug.holds(("urn:doseline:code", "house-4711"))


@pytest.mark.parametrize(
    ("kind", "old", "new", "error", "where"),
    [
        ("product", "lead_d: 1", "lead_days: 1", UnknownKeyError, "products/mine.yaml: line 12"),
        ("product", "    owner: patient\n", "", MissingKeyError, "products/mine.yaml: line 9"),
        ("product", "owner: patient", "owner: nobody", BadEntryError, "line 11"),
        ("product", "drug: mine", "drug: mime", BadEntryError, "line 5"),
        ("product", "since: 2026-01-01", "since: 2026-02-30", BadEntryError, "line 13"),
        ("product", "unit: g/L", "unit: g per L", BadEntryError, "line 15"),
        ("product", ", unit: g/L", "", BadEntryError, "line 15"),
        ("product", "lead_d: 1", "lead_d: 0", BadEntryError, "line 12"),
        ("product", "  thing:", "  thing:\n    what: {en: T, zh: 物}", DuplicateKeyError, "line 10"),
        ("product", "kind: assumption\n", "", UncitedError, "products/mine.yaml: line 1"),
        ("product", "zh: 物", "fr: chose", UnknownKeyError, "line 9"),
        ("product", "evidence: {", "evidence: [", NotYamlError, "products/mine.yaml"),
        ("product", "lead_d: 1", "lead_d: 1\n    until: 2025-01-01", BadEntryError, "line 13"),
        ("codes", "code: a", "code: a, begins: a", BadEntryError, "codes/mine.yaml: line 6"),
        ("codes", "system: own", "system: none", BadEntryError, "codes/mine.yaml: line 6"),
        ("codes", "source: {title: T, address: assumption, as_of: 2026-01-01}\n", "",
         UncitedError, "codes/mine.yaml: line 1"),
        ("payer", "hours: 5", "hours: 5, days: 1", BadEntryError, "payers/mine.yaml: line 18"),
        ("payer", "state: in_force", "state: planned", BadEntryError, "line 18"),
        ("payer", "after: [one]", "after: [three]", BadEntryError, "line 21"),
        ("payer", "  mine: {since", "  other: {since", BadEntryError, "payers/mine.yaml"),
        ("payer", "types: any", "types: all", BadEntryError, "line 16"),
        ("payer", "asks: required", "asks: maybe", BadEntryError, "line 6"),
    ],
)  # fmt: skip
def test_whatever_is_wrong_is_refused_with_file_and_line(
    *, tmp_path: Path, kind: str, old: str, new: str, error: type[RulebookError], where: str
) -> None:
    texts = {"codes": CODES, "product": PRODUCT, "payer": PAYER}
    assert old in texts[kind]
    texts[kind] = texts[kind].replace(old, new, 1)
    with pytest.raises(error, match=re.escape(where)):
        with_own(_write(tmp_path, **texts))


def test_a_name_that_ships_is_not_taken_again(tmp_path: Path) -> None:
    (tmp_path / "products").mkdir()
    text = PRODUCT.replace("mine", "lu_psma_drug")
    (tmp_path / "products" / "lu_psma.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(DuplicateKeyError):
        with_own(tmp_path)


@pytest.mark.parametrize("text", ["", "- a\n", "a\n"])
def test_a_file_must_be_a_mapping(text: str) -> None:
    with pytest.raises(RulebookError):
        root(text, file="x.yaml")


def test_every_statement_that_ships_is_cited() -> None:
    for cited in _all_cited():
        assert cited.source.title
        assert cited.source.address == "assumption" or cited.source.address.startswith("http")
        assert cited.source.as_of <= date(2026, 11, 22)
        if cited.source.address == "assumption":
            assert cited.kind == "assumption"


def test_a_label_asks_for_a_thing_once_on_every_day() -> None:
    """Where one criterion ends, the one in its place begins: no gap, no overlap."""
    for product, pairs in {
        "lu_psma": [("taxane", "taxane_or_delay")],
        "lu_dotatate": [("adult", "twelve_years")],
    }.items():
        by_name = {one.name: one for one in shipped().products[product].criteria}
        for before, after in pairs:
            turn = by_name[after].since
            assert by_name[before].until == turn
            assert by_name[before].holds_on(turn - timedelta(days=1))
            assert not by_name[before].holds_on(turn)
            assert by_name[after].until is None


def test_every_policy_can_be_asked_from_the_day_it_covers_the_product() -> None:
    for policy in shipped().policies():
        for stage in ("first", "renewal"):
            names = [one.name for one in policy.criteria(stage, policy.cover.since)]
            assert len(names) == len(set(names))
            assert "coverage" in names
            assert len(names) >= 5


def test_every_set_of_codes_is_used_and_beginnings_are_of_classifications() -> None:
    used = {one.name for one in _sets()}
    folder = {one.name for one in _files("codes")} - {"systems.yaml"}
    assert {f"{name}.yaml" for name in used} == folder


def test_a_code_is_held_whole_or_by_its_beginning() -> None:
    (metastatic,) = {one.name: one for one in _sets() if one.name == "metastatic"}.values()
    icd = "http://hl7.org/fhir/sid/icd-10-cm"
    assert metastatic.holds((icd, "C79.51"))
    assert metastatic.holds((icd, "C7951"))
    assert not metastatic.holds((icd, "C80.0"))
    assert not metastatic.holds(("http://example.org", "C79.51"))


def test_no_text_names_a_company_that_pays_or_says_that_it_agreed() -> None:
    words = re.compile(
        r"\b(aetna|cigna|humana|anthem|kaiser|approved for payment)\b|批准付费", re.IGNORECASE
    )
    for kind in ("codes", "products", "payers"):
        for file in _files(kind):
            assert not words.search(file.read_text(encoding="utf-8")), file.name


def test_no_code_of_the_american_medical_association_ships() -> None:
    """Five digits under HCPCS would be a CPT code."""
    for one in _sets():
        for system, code in one.whole | one.beginnings:
            assert not ("HCPCS" in system and re.fullmatch(r"\d{4}[0-9A-Z]", code)), code


def _files(kind: str) -> Iterator[Path]:
    yield from (ROOT / "src" / "doseline" / "authorise" / kind).glob("*.yaml")


def _all_cited() -> Iterator[Cited]:
    library = shipped()
    for one in _sets():
        yield one.cited
    for product in library.products.values():
        yield product.course.cited
        yield from (one.cited for one in product.criteria)
    for payer in library.payers.values():
        yield from (one.cited for one in payer.covers.values())
        yield from (one.cited for one in payer.criteria)
        yield from (one.cited for one in payer.clocks)
        yield from (one.cited for one in payer.steps)
        if payer.renewal:
            yield payer.renewal.cited


def _sets() -> Iterator[CodeSet]:
    library = shipped()
    yield from (one.drug for one in library.products.values())
    of_products = [one for product in library.products.values() for one in product.criteria]
    of_payers = [one for payer in library.payers.values() for one in payer.criteria]
    for criterion in (*of_products, *of_payers):
        yield from _of(criterion.proof)


def _of(proof: Proof) -> Iterator[CodeSet]:
    match proof:
        case Evidence():
            yield from (one for one in (proof.codes, proof.says, proof.denies) if one)
        case AllOf() | AnyOf():
            for part in proof.parts:
                yield from _of(part)
        case Unless():
            yield from _of(proof.shown)
            yield from _of(proof.contrary)
        case _:
            types = getattr(proof, "types", None)
            if types:
                yield types
