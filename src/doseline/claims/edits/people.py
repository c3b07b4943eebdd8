"""Patient, subscriber, payer and providers: names, numbers, addresses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from doseline.claims.registry import edit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from doseline.claims.case import Case
    from doseline.claims.registry import Found

PLAIN = re.compile(r"[A-Za-z0-9 !\"&'()+,\-./;?=%@\[\]_{}\\|<>#$]*")
"""Basic and extended letters of X12 without its separators ``* : ^ ~``."""
STATES = frozenset(
    [
        "AL",
        "AK",
        "AZ",
        "AR",
        "CA",
        "CO",
        "CT",
        "DE",
        "DC",
        "FL",
        "GA",
        "HI",
        "ID",
        "IL",
        "IN",
        "IA",
        "KS",
        "KY",
        "LA",
        "ME",
        "MD",
        "MA",
        "MI",
        "MN",
        "MS",
        "MO",
        "MT",
        "NE",
        "NV",
        "NH",
        "NJ",
        "NM",
        "NY",
        "NC",
        "ND",
        "OH",
        "OK",
        "OR",
        "PA",
        "RI",
        "SC",
        "SD",
        "TN",
        "TX",
        "UT",
        "VT",
        "VA",
        "WA",
        "WV",
        "WI",
        "WY",
        "PR",
        "VI",
        "GU",
        "AS",
        "MP",
        "AA",
        "AE",
        "AP",
    ]
)
POSTAL = re.compile(r"\d{5}(\d{4})?")
NINE = re.compile(r"\d{9}")
TAXONOMY = re.compile(r"[0-9]{2,3}[A-Z0-9]{6,7}X")
PHONE = re.compile(r"\d{10}")
RECEIVER = re.compile(r"[A-Za-z0-9\-]{2,15}")
"""Number of the receiver: ISA08."""
BOX = re.compile(r"\b(p\.?\s*o\.?\s*box|post office box|lock\s*box)\b", re.IGNORECASE)


def is_provider_number(text: str) -> bool:
    """Whether a number is a national provider number with its check digit right.

    Ten digits; Luhn over them with 80840 before. Source: 45 CFR 162.406 and the check digit note
    of the enumerator.

    >>> is_provider_number("1234567893"), is_provider_number("1234567890")
    (True, False)
    """
    if not (len(text) == 10 and text.isascii() and text.isdigit()):
        return False
    total = 0
    for place, digit in enumerate(reversed(f"80840{text}")):
        number = int(digit) * (1 + place % 2)
        total += number - 9 if number > 9 else number
    return total % 10 == 0


def _texts(case: Case) -> Iterator[tuple[str, str]]:
    """Every free text of the record that goes onto the claim."""
    one = case.infusion
    for name in (
        *("patient_last", "patient_first", "patient_address", "patient_city"),
        *("subscriber_id", "subscriber_last", "subscriber_first"),
        *("payer_name", "payer_id", "other_payer_name", "other_payer_id", "other_subscriber_id"),
        *("billing_name", "billing_address", "billing_city", "contact_name"),
        *("facility_name", "facility_address", "facility_city"),
        *("physician_last", "physician_first", "referring_last", "referring_first"),
        *("receiver_name", "receiver_id", "authorisation", "original_claim"),
    ):
        yield name, getattr(one, name)
    for line in case.lines:
        yield f"description {line.number}", line.line.description


@edit("P01")
def letters(case: Case) -> Iterable[Found]:
    """Texts in letters that the format holds."""
    wrong = [name for name, text in _texts(case) if not PLAIN.fullmatch(text)]
    if wrong:
        yield {"columns": ", ".join(wrong)}


@edit("P02")
def subscriber_number(case: Case) -> Iterable[Found]:
    """A member number is there."""
    if not 2 <= len(case.infusion.subscriber_id) <= 80:
        yield {"number": case.infusion.subscriber_id or "–"}


@edit("P03")
def subscriber_form(case: Case) -> Iterable[Found]:
    """The member number has the form of its payer."""
    pattern = case.payer.member if case.payer else None
    number = case.infusion.subscriber_id.replace("-", "")
    if pattern is not None and number and not pattern.fullmatch(number):
        yield {"number": case.infusion.subscriber_id}


@edit("P04")
def dependants(case: Case) -> Iterable[Found]:
    """Payers that know no dependants."""
    if case.payer and case.payer.self_only and case.infusion.relationship != "self":
        yield {"relationship": case.infusion.relationship}


@edit("P05")
def subscriber_name(case: Case) -> Iterable[Found]:
    """A dependant has a subscriber with a name."""
    one = case.infusion
    if one.relationship != "self" and not (one.subscriber_last and one.subscriber_first):
        yield {"relationship": one.relationship}


@edit("P06")
def payer_kind(case: Case) -> Iterable[Found]:
    """The kind of payer is a known one."""
    if case.payer is None:
        yield {"payer": case.infusion.payer, "known": ", ".join(case.tables.payers)}


@edit("P07")
def payer_number(case: Case) -> Iterable[Found]:
    """The payer has its electronic number."""
    if not 2 <= len(case.infusion.payer_id) <= 80:
        yield {"number": case.infusion.payer_id or "–"}


@edit("P08")
def postal_codes(case: Case) -> Iterable[Found]:
    """Postal codes have five or nine digits."""
    for name in ("patient_zip", "facility_zip"):
        text = getattr(case.infusion, name).replace("-", "")
        if (text or name == "patient_zip") and not POSTAL.fullmatch(text):
            yield {"column": name, "text": text or "–"}


@edit("P09")
def postal_code_of_biller(case: Case) -> Iterable[Found]:
    """The biller's postal code has nine digits."""
    if not NINE.fullmatch(case.infusion.billing_zip.replace("-", "")):
        yield {"text": case.infusion.billing_zip}


@edit("P10")
def states(case: Case) -> Iterable[Found]:
    """States by their two letters."""
    for name in ("patient_state", "billing_state", "facility_state"):
        text = getattr(case.infusion, name)
        if (text or name != "facility_state") and text not in STATES:
            yield {"column": name, "text": text or "–"}


@edit("P11")
def number_of_biller(case: Case) -> Iterable[Found]:
    """The biller's number has its check digit."""
    if not is_provider_number(case.infusion.billing_npi):
        yield {"number": case.infusion.billing_npi}


@edit("P12")
def number_of_physician(case: Case) -> Iterable[Found]:
    """The physician's number has its check digit."""
    one = case.infusion
    if one.physician_last and not is_provider_number(one.physician_npi):
        yield {"number": one.physician_npi or "–"}


@edit("P13")
def number_of_referrer(case: Case) -> Iterable[Found]:
    """The referring physician's number has its check digit."""
    one = case.infusion
    if one.referring_last and not is_provider_number(one.referring_npi):
        yield {"number": one.referring_npi or "–"}


@edit("P14")
def number_of_facility(case: Case) -> Iterable[Found]:
    """The facility's number has its check digit."""
    one = case.infusion
    if one.facility_npi and not is_provider_number(one.facility_npi):
        yield {"number": one.facility_npi}


@edit("P15")
def physician(case: Case) -> Iterable[Found]:
    """Somebody attended, or rendered."""
    one = case.infusion
    if not (one.physician_last and one.physician_first):
        yield {"form": one.form}


@edit("P16")
def physician_is_biller(case: Case) -> Iterable[Found]:
    """A hospital attends nobody."""
    one = case.infusion
    if case.is_institutional and one.physician_npi and one.physician_npi == one.billing_npi:
        yield {"number": one.physician_npi}


@edit("P17")
def taxonomy(case: Case) -> Iterable[Found]:
    """Taxonomy codes have ten characters and end in X."""
    code = case.infusion.billing_taxonomy
    if len(code) != 10 or not TAXONOMY.fullmatch(code):
        yield {"code": code}


@edit("P18")
def tax_number(case: Case) -> Iterable[Found]:
    """Tax numbers have nine digits."""
    if not NINE.fullmatch(case.infusion.billing_tax_id.replace("-", "")):
        yield {"number": case.infusion.billing_tax_id}


@edit("P19")
def box(case: Case) -> Iterable[Found]:
    """A biller stands in a street, not in a box."""
    if BOX.search(case.infusion.billing_address):
        yield {"address": case.infusion.billing_address}


@edit("P20")
def phone(case: Case) -> Iterable[Found]:
    """Telephones have ten digits."""
    if not PHONE.fullmatch(re.sub(r"[ ()+.\-]", "", case.infusion.contact_phone)):
        yield {"phone": case.infusion.contact_phone}


@edit("P21")
def facility_whole(case: Case) -> Iterable[Found]:
    """A place of treatment has its whole address."""
    one = case.infusion
    parts = (one.facility_address, one.facility_city, one.facility_state, one.facility_zip)
    if any((one.facility_name, one.facility_npi, *parts)) and not all((one.facility_name, *parts)):
        yield {"name": one.facility_name or "–"}


@edit("P22")
def sex_unknown(case: Case) -> Iterable[Found]:
    """The sex is known."""
    if case.infusion.sex == "U":
        yield {}


@edit("P23")
def receiver_number(case: Case) -> Iterable[Found]:
    """The receiver's number fits the envelope."""
    number = case.infusion.receiver_id or case.infusion.payer_id
    if not RECEIVER.fullmatch(number):
        yield {"number": number or "–"}


@edit("P24")
def cities(case: Case) -> Iterable[Found]:
    """Cities have two letters or more."""
    for name in ("patient_city", "billing_city", "facility_city"):
        text = getattr(case.infusion, name)
        if (text or name != "facility_city") and len(text) < 2:
            yield {"column": name, "text": text or "–"}
