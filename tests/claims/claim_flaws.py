"""For each edit a record that it objects to: the clean one with one thing changed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from tests.claims.claim_world import (
    GIVING,
    claim,
    commercial,
    discarded_lines,
    dose_lines,
    office,
)

from doseline.claims.case import Claimed

JULY_2025 = date(2025, 7, 15)
LOST: dict[str, Any] = {"administered": "7.215 GBq", "discarded": "185 MBq"}
"""195 mCi given and 5 mCi discarded of 200."""
PET = {"revenue": "0404", "code": "78888", "units": 1.0, "charge": Decimal(2000)}
"""No real procedure number."""
SECOND: dict[str, Any] = {
    "payer_order": "S",
    "other_payer": "medicare",
    "other_payer_name": "Invented Contractor",
    "other_payer_id": "11111",
    "other_subscriber_id": "1EG4TE5MK73",
    "other_paid": Decimal(100),
}
UNNAMED: dict[str, Any] = {
    "code": "A9699",
    "units": 1.0,
    "description": "Invented product 7.4 GBq intravenous",
    "invoice": Decimal(40000),
}


def unnamed(**line: Any) -> Claimed:
    """A dose without a code of its own, with changes of its line."""
    return claim(*dose_lines(**{**UNNAMED, "ndc": "99999-0001-01", **line}), hcpcs="A9699")


def weighed(**changes: Any) -> Claimed:
    """A dose by weight: 80 kg and 55 kBq/kg make 4.4 MBq, 119 units of 1 uCi."""
    about: dict[str, Any] = {
        "hcpcs": "A9606",
        "prescribed": "4.4 MBq",
        "supplied": "4.4 MBq",
        "administered": "4.4 MBq",
        "weight_kg": 80.0,
        "pet_date": None,
        "pet_agent": "",
    }
    line = {"code": "A9606", "units": 119.0, "ndc": "50419-0208-01", "ndc_quantity": 6.0}
    return claim(*dose_lines(**line), **{**about, **changes})


def dotatate(**changes: Any) -> Claimed:
    """A clean first dose of the other Lu-177 product."""
    about: dict[str, Any] = {"hcpcs": "A9513", "diagnoses": "C7A.010", "pet_agent": "A9592"}
    line = {"code": "A9513", "ndc": "69488-0003-01", "ndc_quantity": 22.0}
    return claim(*dose_lines(**line), **{**about, **changes})


def with_scan(modifiers: str) -> Claimed:
    """A claim with a PET line."""
    return claim(*dose_lines(), {**PET, "modifiers": modifiers})


CLEAN: dict[str, Claimed] = {
    "hospital": claim(),
    "office": office(),
    "commercial": commercial(),
    "discarded": claim(*discarded_lines(195, 5), **LOST),
    "units counted": claim(*dose_lines(units=None)),
    "reduced": claim(
        line={"units": 160.0, "charge": Decimal(72000)},
        prescribed="5.9 GBq", supplied="5.9 GBq", administered="5.9 GBq",
        cycle=2, previous_date=date(2026, 3, 24), previous_given="7.4 GBq", given_before="7.4 GBq",
    ),
    "dotatate": dotatate(),
    "dotatate back up": dotatate(
        cycle=3, previous_date=date(2026, 3, 10), previous_given="3.7 GBq", given_before="11.1 GBq"
    ),
    "by weight": weighed(),
    "no code of its own": unnamed(),
    "scan": with_scan("PS"),
    "second payer": commercial(**SECOND),
    "spouse": commercial(relationship="spouse", subscriber_last="Invented", subscriber_first="Eva"),
    "trial": claim(
        *dose_lines(modifiers="JZ Q1"), trial="NCT01234567",
        diagnoses="C61 Z00.6 Z19.2", condition_codes="30",
    ),
    "discount": claim(line={"modifiers": "JZ TB"}, discount=True),
    "replacement": claim(frequency="7", original_claim="P123", bill_type="0137"),
    "pass-through": claim(
        line={"status": "G"}, infusion_date=JULY_2025, order_date=None,
        directive_date=date(2025, 7, 14), pet_date=date(2025, 6, 1),
    ),
}  # fmt: skip

FLAWED: dict[str, Claimed | list[Claimed]] = {
    "A01": commercial(authorisation="", authorisation_start=None, authorisation_end=None,
                      authorisation_units=None),
    "A02": commercial(authorisation_end=date(2026, 5, 4)),
    "A03": commercial(authorisation_units=500, authorisation_used=301),
    "A04": commercial(authorisation_end=date(2026, 6, 15)),
    "A05": commercial(authorisation_code="A9513"),
    "A06": commercial(authorisation_start=date(2027, 1, 1)),
    "A07": commercial(authorisation="see fax"),
    "A08": commercial(authorisation=""),
    "A09": commercial(authorisation_units=399),
    "C01": claim(claim="RLT 0001"),
    "C02": [claim(), claim(claim="RLT-0002")],
    "C03": claim(frequency="9", bill_type="0139"),
    "C04": claim(frequency="7", bill_type="0137"),
    "C05": claim(original_claim="P123"),
    "C06": Claimed(
        infusion=office().infusion, lines=office().lines * 26
    ),
    "C07": claim(total_charge=Decimal("90800.00")),
    "C08": claim(line={"charge": Decimal(0)}),
    "C09": claim(*discarded_lines(195, 5, charge=Decimal(2000)), **LOST),
    "C10": claim(line={"charge": Decimal("90000.005")}),
    "C11": claim(*dose_lines(), dose_lines()[1]),
    "C12": [claim(), claim(patient_first="Bruno")],
    "C13": commercial(payer_order="S"),
    "C14": commercial(**{**SECOND, "other_payer_id": "00000"}),
    "C15": commercial(**{**SECOND, "other_paid": Decimal(90801)}),
    "C16": claim(dose_lines()[0]),
    "C17": claim(*dose_lines(), {**PET, "modifiers": "PS", "code": "7888"}),
    "D01": claim(infusion_date=date(2026, 6, 2)),
    "D02": claim(order_date=date(2026, 5, 6)),
    "D03": claim(directive_date=date(2026, 5, 6)),
    "D04": claim(line={"service_date": date(2026, 5, 6)}),
    "D05": claim(infusion_date=date(2022, 3, 22)),
    "D06": claim(infusion_date=date(2022, 9, 30)),
    "D07": claim(line={"modifiers": "JZ JG"}),
    "D08": claim(infusion_date=date(2025, 5, 31)),
    "D09": claim(infusion_date=date(2025, 6, 14)),
    "D10": claim(*dose_lines(), {**PET, "modifiers": "PS", "service_date": date(2026, 4, 1)}),
    "D11": claim(cycle=2, previous_date=date(2026, 5, 5)),
    "D12": claim(birth_date=date(1900, 1, 1)),
    "L01": claim(diagnoses="C79.51 Z19.2"),
    "L02": claim(diagnoses="C61"),
    "L03": claim(sex="F"),
    "L04": claim(birth_date=date(2008, 5, 6)),
    "L05": claim(pet_date=None),
    "L06": claim(pet_date=date(2026, 5, 6)),
    "L07": claim(pet_date=date(2026, 2, 3)),
    "L08": claim(pet_agent="A9592"),
    "L09": claim(pet_agent="A9595"),
    "L10": claim(pet_positive=False),
    "L11": claim(cycle=2, previous_date=date(2026, 4, 1)),
    "L12": dotatate(cycle=2, previous_date=date(2026, 1, 12)),
    "L13": claim(cycle=7, previous_date=date(2026, 3, 1)),
    "L14": claim(cycle=2),
    "L15": claim(diagnoses="C61 prostate Z19.2"),
    "L16": claim(diagnoses="C61 C61 Z19.2"),
    "L17": office(diagnoses=" ".join(["C61", "Z19.2", *(f"C78.{at}" for at in range(8)),
                                      *(f"C77.{at}" for at in range(3))])),
    "L18": dotatate(diagnoses="C7A.010 E34.0"),
    "L19": claim(diagnoses="Z19.2 C61"),
    "L20": claim(pet_agent="A9616", pet_date=date(2025, 9, 30), cycle=2,
                 previous_date=date(2026, 3, 24)),
    "M01": claim(line={"modifiers": "JZ JZ"}),
    "M02": claim(line={"modifiers": ""}),
    "M03": claim(*discarded_lines(195, 5, modifiers="JW JZ"), **LOST),
    "M04": claim(discarded="1 mCi", administered="199 mCi"),
    "M05": claim(*dose_lines(), {"revenue": "0342", "code": GIVING, "modifiers": "JZ",
                                 "charge": Decimal(10)}),
    "M06": with_scan(""),
    "M07": with_scan("PI PS"),
    "M08": claim(discount=True),
    "M09": claim(line={"modifiers": "JZ TB"}),
    "M10": claim(trial="NCT123"),
    "M11": claim(trial="NCT01234567"),
    "M12": claim(line={"modifiers": "JZ Q1"}),
    "M13": claim(line={"modifiers": "JZ 26"}),
    "N01": commercial(line={"ndc": ""}),
    "N02": claim(line={"ndc": "69488-010-61"}),
    "N03": claim(line={"ndc": "69488-0003-01"}),
    "N04": claim(line={"ndc_unit": "MCI"}),
    "N05": claim(line={"ndc_quantity": None}),
    "N06": claim(line={"ndc_quantity": 13.0}),
    "N07": unnamed(description=""),
    "N08": unnamed(invoice=None),
    "N09": unnamed(ndc="69488-0010-61"),
    "N10": unnamed(units=200.0),
    "N11": claim(*dose_lines(code="A9999"), hcpcs="A9999"),
    "N12": claim(*discarded_lines(195, 5, ndc="69488-0010-99"), **LOST),
    "P01": claim(patient_last="虚构"),
    "P02": claim(subscriber_id=""),
    "P03": claim(subscriber_id="1EG4-TE5-MK7S"),
    "P04": claim(relationship="spouse", subscriber_last="Invented", subscriber_first="Eva"),
    "P05": commercial(relationship="spouse"),
    "P06": claim(payer="medicaire"),
    "P07": claim(payer_id=""),
    "P08": claim(patient_zip="6270"),
    "P09": claim(billing_zip="62701"),
    "P10": claim(patient_state="ZZ"),
    "P11": claim(billing_npi="2000000003"),
    "P12": claim(physician_npi="2000000011"),
    "P13": claim(referring_last="Imaginary", referring_first="Max", referring_npi="1"),
    "P14": claim(facility_npi="2000000001", facility_name="Annex", facility_address="3 Way",
                 facility_city="Springfield", facility_state="IL", facility_zip="62701"),
    "P15": claim(physician_last=""),
    "P16": claim(physician_npi="2000000002"),
    "P17": claim(billing_taxonomy="282N00000"),
    "P18": claim(billing_tax_id="1234"),
    "P19": claim(billing_address="P.O. Box 12"),
    "P20": claim(contact_phone="555-0100"),
    "P21": claim(facility_name="Annex"),
    "P22": dotatate(sex="U"),
    "P23": claim(receiver_id="CLEARING HOUSE NO 1"),
    "P24": claim(patient_city="X"),
    "S01": claim(line={"revenue": "344"}),
    "S02": claim(line={"revenue": "0250"}),
    "S03": office(line={"revenue": "0344"}),
    "S04": claim(bill_type="0111"),
    "S05": claim(bill_type="0137"),
    "S06": office(place_of_service=""),
    "S07": office(place_of_service="22"),
    "S08": claim(place_of_service="22"),
    "S09": office(line={"code": "C9399", **{k: v for k, v in UNNAMED.items() if k != "code"}},
                  hcpcs="C9399"),
    "S10": claim(line={"status": "G"}),
    "S11": claim(patient_status="1"),
    "S12": office(condition_codes="30"),
    "U01": claim(hcpcs="A9513"),
    "U02": claim(line={"units": 199.0}),
    "U03": claim(line={"units": 199.6}),
    "U04": claim(line={"units": 7400.0}),
    "U05": claim(*discarded_lines(195, 6), **LOST),
    "U06": claim(line={"modifiers": "", "units": 195.0}, **LOST),
    "U07": claim(*discarded_lines(195, 5), administered="7.215 GBq"),
    "U08": claim(administered="7.41 GBq"),
    "U09": claim(administered="6.6 GBq"),
    "U10": claim(administered="8.9 GBq", supplied="8.9 GBq"),
    "U11": claim(prescribed="5 GBq"),
    "U12": claim(cycle=3, previous_date=date(2026, 3, 24), previous_given="5.9 GBq"),
    "U13": weighed(weight_kg=100.0, prescribed="4.3 MBq"),
    "U14": claim(given_before="41.5 GBq", cycle=6, previous_date=date(2026, 3, 24)),
    "U15": claim(given_before="7.4 GBq"),
}  # fmt: skip
