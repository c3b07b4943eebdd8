"""The proof of a criterion, as a policy file writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.authorise.names import RESOURCES
from doseline.authorise.policy import Age, AllOf, AnyOf, Covered, DosesLeft, Evidence, Unless
from doseline.authorise.units import unit_of
from doseline.rules import Text
from doseline.rules.errors import BadEntryError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from doseline.authorise.place import Place
    from doseline.authorise.policy import CodeSet, Proof

_FORMS = ("evidence", "age_a", "covered", "doses_left", "all", "any", "unless")
_EVIDENCE = ("of", "codes")
_ONE_KEY = Text(en="exactly one key", zh="恰好一个键")
_WITH_UNIT = Text(en="limits with their unit", zh="限值及其单位（unit）")
_NOT_BOTH = Text(en="either limits or says", zh="限值与 says 二者取一")
_BESIDE = Text(en="denies beside says", zh="denies 须与 says 同时给出")
_UCUM_UNIT = Text(
    en="a UCUM unit such as 10*9/L, g/dL, GBq or mCi",
    zh="UCUM 单位，例如 10*9/L、g/dL、GBq 或 mCi",
)
_EVIDENCE_MAY = (
    "max_age_d", "says", "denies", "at_least", "at_most", "unit", "since_last_dose"
)  # fmt: skip


def parse_proof(place: Place, sets: Mapping[str, CodeSet]) -> Proof:
    """What proves a criterion.

    Raises:
        RulebookError: Whatever is wrong, with file and line.
    """
    fields = place.fields(allowed=_FORMS)
    if len(fields) != 1:
        raise BadEntryError(place.file, place.name, str(len(fields)), _ONE_KEY, line=place.line)
    form, inner = next(iter(fields.items()))
    match form:
        case "evidence":
            return _evidence(inner, sets)
        case "all":
            return AllOf(parts=tuple(parse_proof(one, sets) for one in inner.items()))
        case "any":
            return AnyOf(parts=tuple(parse_proof(one, sets) for one in inner.items()))
        case "unless":
            return _unless(inner, sets)
        case _:
            return _of_the_patient(form, inner, sets)


def _of_the_patient(form: str, place: Place, sets: Mapping[str, CodeSet]) -> Proof:
    if form == "age_a":
        return Age(years=place.count())
    if form == "covered":
        return _covered(place, sets)
    place.one_of(("yes",))
    return DosesLeft()


def code_set(place: Place, sets: Mapping[str, CodeSet]) -> CodeSet:
    """A set of codes by its name."""
    return sets[place.one_of(sorted(sets))]


def _unless(place: Place, sets: Mapping[str, CodeSet]) -> Unless:
    keys = ("shown", "contrary")
    fields = place.fields(allowed=keys, required=keys)
    return Unless(
        shown=parse_proof(fields["shown"], sets), contrary=_evidence(fields["contrary"], sets)
    )


def _covered(place: Place, sets: Mapping[str, CodeSet]) -> Covered:
    fields = place.fields(allowed=("types",), required=("types",))
    if fields["types"].word() == "any":
        return Covered()
    return Covered(types=code_set(fields["types"], sets))


def _evidence(place: Place, sets: Mapping[str, CodeSet]) -> Evidence:
    fields = place.fields(allowed=(*_EVIDENCE, *_EVIDENCE_MAY), required=_EVIDENCE)
    limits = {key: fields[key].number() for key in ("at_least", "at_most") if key in fields}
    if bool(limits) != ("unit" in fields):
        raise BadEntryError(
            place.file, place.name, ", ".join(limits) or "unit", _WITH_UNIT, line=place.line
        )
    unit = fields["unit"].word() if "unit" in fields else ""
    if unit and unit_of(unit) is None:
        raise fields["unit"].bad(_UCUM_UNIT)
    if limits and "says" in fields:
        raise BadEntryError(place.file, place.name, ", ".join(fields), _NOT_BOTH, line=place.line)
    if "denies" in fields and "says" not in fields:
        raise BadEntryError(place.file, place.name, "denies", _BESIDE, line=place.line)
    return Evidence(
        of=tuple(one.one_of(RESOURCES) for one in fields["of"].items()),
        codes=code_set(fields["codes"], sets),
        max_age_d=fields["max_age_d"].count() if "max_age_d" in fields else None,
        says=code_set(fields["says"], sets) if "says" in fields else None,
        denies=code_set(fields["denies"], sets) if "denies" in fields else None,
        at_least=limits.get("at_least"),
        at_most=limits.get("at_most"),
        unit=unit,
        since_last_dose="since_last_dose" in fields
        and fields["since_last_dose"].one_of(("yes",)) == "yes",
    )
