"""pyx12 accepts every claim that is written, and rejects seeded faults."""

from __future__ import annotations

import dataclasses
import random
import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.claims.claim_flaws import CLEAN, SECOND
from tests.claims.claim_world import (
    TODAY,
    changed,
    claim,
    commercial,
    discarded_lines,
    dose_lines,
    office,
)

from doseline.claims.errors import ClaimsNotInstalledError, RefusedClaimError
from doseline.claims.record import INFUSIONS
from doseline.claims.scrub import scrub
from doseline.claims.x12.judge import judged
from doseline.claims.x12.write import interchanges
from doseline.io.infusions import ACTIVITIES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from doseline.claims.case import Claimed

NOW = datetime(2026, 6, 1, 12, 30, tzinfo=UTC)


def written(*claims: Claimed) -> list[str]:
    """Texts of the files of claims, all clean."""
    checked = scrub(claims, TODAY)
    told = [(flaw.edit.code, flaw.reason("en")) for one in checked for flaw in one.flaws]
    assert all(one.is_clean for one in checked), told
    files = interchanges([one.case for one in checked], NOW, is_test=True)
    return [file.content for file in files.values()]


def numbered(claims: Sequence[Claimed]) -> list[Claimed]:
    """Claims with numbers and patients of their own."""
    return [
        changed(one, claim=f"T-{at}", birth_date=date(1940, 1, 1) + timedelta(days=at))
        for at, one in enumerate(claims, start=1)
    ]


def segments(text: str, name: str) -> list[list[str]]:
    """Elements of every segment of a name."""
    parts = [part.strip().split("*") for part in text.split("~")]
    return [part[1:] for part in parts if part[0] == name]


LETTERS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ abcdefgh'-.", min_size=2, max_size=70).filter(
    lambda text: len(text.strip()) > 1
)
STREETS = st.text("ABCDEFGH 0123456789#-./", min_size=3, max_size=80).filter(
    lambda text: len(text.strip()) > 1
)
PEOPLE = st.fixed_dictionaries(
    {
        **dict.fromkeys(("patient_last", "patient_first", "patient_city", "billing_name"), LETTERS),
        **dict.fromkeys(("payer_name", "contact_name", "physician_last"), LETTERS),
        "patient_address": STREETS,
        "patient_zip": st.sampled_from(["62701", "62701-1234", "021391234"]),
        "patient_state": st.sampled_from(["IL", "MA", "PR"]),
        "sex": st.just("M"),
        "birth_date": st.dates(date(1930, 1, 1), date(2000, 1, 1)),
        "claim": st.from_regex(r"[A-Z0-9][A-Za-z0-9.\-]{0,19}", fullmatch=True),
    },
    optional={
        "referring_last": LETTERS,
        "receiver_name": LETTERS,
        "facility_name": LETTERS,
    },
)
FACILITY = {
    "facility_address": "9 Way",
    "facility_city": "Springfield",
    "facility_state": "IL",
    "facility_zip": "62701",
}
BASES = tuple(CLEAN.values())


@st.composite
def records(draw: st.DrawFn) -> Claimed:
    """A clean claim of any kind with other people, diagnoses and charges."""
    base = draw(st.sampled_from(BASES))
    about: dict[str, Any] = {**draw(PEOPLE), "receiver_id": "CLEARING01"}
    if "referring_last" in about:
        about |= {"referring_first": "Ida", "referring_npi": "2000000028"}
    if "facility_name" in about:
        about |= FACILITY
    most = 25 if base.infusion.form == "institutional" else 12
    more = draw(st.integers(0, most - len(base.infusion.diagnoses.split())))
    names = [f"C77.{at}" for at in range(10)] + [f"C78.{at}" for at in range(10)] + ["R97.21"] * 5
    extra = list(dict.fromkeys(names))[:more]
    about["diagnoses"] = " ".join([base.infusion.diagnoses, *extra])
    cents = draw(st.integers(1, 10**9))
    lines = list(base.lines)
    lines[-1] = dataclasses.replace(lines[-1], charge=Decimal(cents) / 100)
    return dataclasses.replace(changed(base, **about), lines=tuple(lines))


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(claims=st.lists(records(), min_size=4, max_size=8, unique_by=lambda one: one.infusion.claim))
def test_the_judge_accepts_every_clean_claim(claims: list[Claimed]) -> None:
    clean = [one.case for one in scrub(claims, TODAY) if one.is_clean]
    files = interchanges(clean, NOW, is_test=False)  # raises where the judge rejects one
    assert len(files) == len({case.infusion.form for case in clean})
    told = [claim for file in files.values() for claim in file.claims]
    assert sorted(told) == sorted(case.infusion.claim for case in clean)


def test_every_clean_kind_is_written_and_valid() -> None:
    texts = written(*numbered(BASES))
    assert all(judged(text).is_valid for text in texts)
    controls = [segments(text, "ISA")[0][12] for text in texts]
    assert len(set(controls)) == len(texts) > 1
    assert [segments(text, "IEA")[0][1] for text in texts] == controls
    later = interchanges(
        [scrub([claim()], TODAY)[0].case], NOW + timedelta(minutes=1), is_test=True
    )
    assert all(segments(one.content, "ISA")[0][12] not in controls for one in later.values())


@pytest.fixture(scope="module")
def hospital() -> str:
    return written(claim(*discarded_lines(195, 5), administered="7.215 GBq", discarded="185 MBq"))[
        0
    ]


@pytest.fixture(scope="module")
def doctor() -> str:
    return written(office())[0]


FAULTS = {
    "no diagnosis": ("HI*ABK:C61~\n", ""),
    "letters in units": ("*UN*195", "*UN*1x5"),
    "no day of service": ("DTP*472*D8*20260505~", "DTP*472*D8*20261345~"),
    "bad drug qualifier": ("LIN**N4*", "LIN**N9*"),
    "no drug quantity": ("CTP****7.75*ML~", "CTP~"),
    "bad drug unit": ("*7.75*ML~", "*7.75*XX~"),
    "no revenue code": ("SV2*0344*HC:A9607*", "SV2**HC:A9607*"),
    "bad relationship": ("SBR*P*18*", "SBR*P*99*"),
    "no member number": ("*MI*1EG4TE5MK73", ""),
    "bad birth date": ("DMG*D8*19500314", "DMG*D8*19501314"),
    "bad sex": ("*19500314*M~", "*19500314*Q~"),
    "no biller": ("NM1*85*", "NM1*99*"),
    "count of segments": ("SE*", "SE*9"),
    "no admission": ("CL1*3*1*01~\n", ""),
    "name too long": ("INVENTED*ADAM", "I" * 61 + "*ADAM"),
    "unknown segment": ("LX*1~", "ZZZ*1~\nLX*1~"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_judge_rejects_seeded_faults(hospital: str, fault: str) -> None:
    before, after = FAULTS[fault]
    assert before in hospital
    verdict = judged(hospital.replace(before, after, 1))
    assert not verdict.is_valid
    assert verdict.reasons


@pytest.mark.parametrize(
    ("before", "after"),
    [("HI*ABK:C61", "HI*XXX:C61"), ("SV1*HC:A9607:JZ*90000*UN*200", "SV1*HC:A9607:JZ*90000*XX*200"),
     ("***1:2:3~", "~"), ("NM1*82*1*", "NM1*82*7*"), ("11:B:1", "11:C:1")],
)  # fmt: skip
def test_the_judge_rejects_faults_of_an_office(doctor: str, before: str, after: str) -> None:
    assert before in doctor
    assert not judged(doctor.replace(before, after, 1)).is_valid


def test_the_loops_hold_what_the_record_says(hospital: str) -> None:
    assert segments(hospital, "SV2") == [
        ["0344", "HC:A9607", "87750", "UN", "195"],
        ["0344", "HC:A9607:JW", "2250", "UN", "5"],
        ["0342", "HC:79999", "800.5", "UN", "1"],
    ]
    assert segments(hospital, "LIN") == [["", "N4", "69488001061"]] * 2
    assert [one[3:] for one in segments(hospital, "CTP")] == [["7.75", "ML"], ["0.25", "ML"]]
    assert segments(hospital, "CL1") == [["3", "1", "01"]]
    assert ["434", "RD8", "20260505-20260505"] in segments(hospital, "DTP")
    assert ["472", "D8", "20260505"] in segments(hospital, "DTP")
    assert segments(hospital, "CLM")[0][1] == "90800.5"
    assert segments(hospital, "GS")[0][-1] == "005010X223A2"


def test_an_office_points_to_its_diagnoses(doctor: str) -> None:
    assert segments(doctor, "SV1")[0] == ["HC:A9607:JZ", "90000", "UN", "200", "", "", "1:2:3"]
    assert segments(doctor, "CLM")[0][4] == "11:B:1"
    assert segments(doctor, "SBR")[0][-1] == "MB"
    assert segments(doctor, "GS")[0][-1] == "005010X222A1"


def test_authorisation_original_claim_trial_and_other_payer() -> None:
    later = commercial(frequency="7", original_claim="P9", bill_type="0137", **SECOND)
    (text,) = written(later)
    assert segments(text, "REF")[1:] == [["G1", "PA-1"], ["F8", "P9"]]
    assert [one[0] for one in segments(text, "SBR")] == ["S", "P"]
    assert segments(text, "AMT") == [["D", "100"]]
    trial = CLEAN["trial"]
    (text,) = written(trial)
    assert ["BE:D4:::01234567"] in segments(text, "HI")
    assert ["BG:30"] in segments(text, "HI")
    (text,) = written(
        office(line={"modifiers": "JZ Q1"}, trial="NCT01234567", diagnoses="C61 Z00.6 Z19.2")
    )
    assert ["P4", "01234567"] in segments(text, "REF")


def test_a_code_without_product_is_told_in_words_with_its_invoice() -> None:
    (text,) = written(CLEAN["no code of its own"])
    composite = segments(text, "SV2")[0][1].split(":")
    assert composite[:3] == ["HC", "A9699", "JZ"]
    assert composite[-1].startswith("INVOICE 40000 INVENTED PRODUCT 7.4 GBQ")
    assert len(composite) == 7


def test_a_dependant_hangs_below_the_subscriber() -> None:
    (text,) = written(CLEAN["spouse"])
    assert [one[2] for one in segments(text, "HL")] == ["20", "22", "23"]
    assert segments(text, "PAT") == [["01"]]
    assert [one[2:4] for one in segments(text, "NM1") if one[0] in {"IL", "QC"}] == [
        ["INVENTED", "EVA"],
        ["INVENTED", "ADAM"],
    ]


WORDS = (
    *("0", "*", "A~B", "x:y", "7.4", "P", "S", "1234567893", "0131", "13", "NCT", "é", "`", "<>"),
    *("A" * 90, "1" * 90, "A\\B", "'", "a b", "ZZ", "00", "A1", "30 30", "0A", "12345678901"),
    *("A9607", "-", "#", "||", "a" * 35, "a" * 55, "A B C D", "26", "Q0 Q1 PI PS", "123"),
)
"""Texts that no column, or only some, can hold."""
KEPT = {"hcpcs", "form", "sex", "relationship", "payer_order", "claim", *ACTIVITIES}
"""Columns that the reader holds to their words."""
TEXTS = [one.name for one in INFUSIONS.columns if one.kind == "text" and one.name not in KEPT]
LINE_TEXTS = ("revenue", "code", "modifiers", "ndc", "ndc_unit", "description", "status")


def disturbed(chance: random.Random) -> Claimed:
    """A clean claim with any text in one column, at times with any amounts on one line."""
    found = changed(chance.choice(BASES), receiver_id="CLEARING01")
    found = changed(found, **{chance.choice(TEXTS): chance.choice(WORDS)})
    place = chance.randrange(len(found.lines))
    one = found.lines[place]
    if chance.random() < 0.3:
        amounts = (Decimal("0.01"), Decimal("99999999.99"), Decimal(5), one.charge)
        about: dict[str, Any] = {
            chance.choice(LINE_TEXTS): chance.choice(("", *WORDS)),
            "units": chance.choice((one.units, None, 1.0, 0.5, 0.001, 1e9 * chance.random())),
            "charge": chance.choice(amounts),
            "ndc_quantity": chance.choice((one.ndc_quantity, 1.5, 0.001, 1e-9)),
        }
        one = dataclasses.replace(one, **about)
    return dataclasses.replace(found, lines=(*found.lines[:place], one, *found.lines[place + 1 :]))


@pytest.mark.parametrize("seed", range(1))
def test_whatever_passes_the_edits_is_a_valid_claim(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - a test
    claims = numbered([disturbed(chance) for _ in range(300)])
    clean = [one.case for one in scrub(claims, TODAY) if one.is_clean]
    assert 10 < len(clean) < 250
    assert interchanges(clean, NOW, is_test=True)  # raises where one is refused


def test_a_claim_that_the_judge_refuses_is_named() -> None:
    good, bad = scrub(numbered([claim(), claim(patient_state="ILL")]), TODAY)
    assert not bad.is_clean
    with pytest.raises(RefusedClaimError, match="T-2"):
        interchanges([good.case, bad.case], NOW, is_test=True)
    bad = scrub([claim(subscriber_id="")], TODAY)[0]
    with pytest.raises(RefusedClaimError, match="RLT-0001"):
        interchanges([bad.case], NOW, is_test=True)


def test_without_the_libraries_there_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyx12", None)
    checked = scrub([claim(*dose_lines())], TODAY)
    assert checked[0].is_clean
    with pytest.raises(ClaimsNotInstalledError, match=r"doseline\[claims\]"):
        interchanges([checked[0].case], NOW, is_test=True)
