"""Policy files -> code sets, products and payers; whatever is unknown or uncited is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.authorise.names import (
    ASKED,
    ITEMS,
    OWNERS,
    REQUESTS,
    STAGES,
    STATES,
)
from doseline.authorise.place import CITED
from doseline.authorise.policy import (
    Clock,
    CodeSet,
    Course,
    Cover,
    Criterion,
    Payer,
    Product,
    Renewal,
    Step,
)
from doseline.authorise.proofs import code_set, parse_proof
from doseline.rules import Text
from doseline.rules.errors import BadEntryError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from doseline.authorise.place import Place
    from doseline.authorise.policy import Cited
    from doseline.authorise.record import Code

_PRODUCT = ("description", "drug", "course", "criteria")
_PAYER = ("description", "country", "asks", "covers", "criteria", "decides")
_PAYER_MAY = ("clocks", "renewal", "steps")
_CRITERION = ("what", "stages", "owner", "lead_d", "proof", "since")
_CODE_OR_BEGINS = Text(en="either code or begins", zh="code 与 begins 二者取一")
_HOURS_OR_DAYS = Text(en="either hours or days", zh="hours 与 days 二者取一")
_CLOCK = ("item", "request", "since", "state")
_STEP = ("what", "owner", "typical_d")


def parse_systems(place: Place) -> dict[str, tuple[str, ...]]:
    """Short names of code systems, each with the addresses that records use for it."""
    return {name: tuple(one.word() for one in uris.items()) for name, uris in place.named().items()}


def parse_codes(place: Place, name: str, systems: Mapping[str, tuple[str, ...]]) -> CodeSet:
    """A set of codes.

    Raises:
        RulebookError: Whatever is wrong, with file and line.
    """
    fields = place.fields(
        allowed=("description", "codes", *CITED), required=("description", "codes")
    )
    whole: set[Code] = set()
    beginnings: set[Code] = set()
    for item in fields["codes"].items():
        one = item.fields(allowed=("system", "code", "begins"), required=("system",))
        if ("code" in one) == ("begins" in one):
            raise BadEntryError(
                item.file, item.name, ", ".join(one), _CODE_OR_BEGINS, line=item.line
            )
        key = one["system"].one_of(sorted(systems))
        goal = whole if "code" in one else beginnings
        text = one["code" if "code" in one else "begins"].word()
        goal |= {(uri, text) for uri in systems[key]}
    return CodeSet(
        name=name,
        description=fields["description"].text(),
        whole=frozenset(whole),
        beginnings=frozenset(beginnings),
        cited=place.cited(fields),
    )


def parse_product(place: Place, name: str, sets: Mapping[str, CodeSet]) -> Product:
    """A product with its course and criteria.

    Raises:
        RulebookError: Whatever is wrong, with file and line.
    """
    fields = place.fields(allowed=(*_PRODUCT, *CITED), required=_PRODUCT)
    default = place.cited(fields)
    course = fields["course"].fields(
        allowed=("cycles", "interval_d", *CITED), required=("cycles", "interval_d")
    )
    return Product(
        name=name,
        description=fields["description"].text(),
        drug=code_set(fields["drug"], sets),
        course=Course(
            cycles=course["cycles"].count(),
            interval_d=course["interval_d"].count(),
            cited=fields["course"].cited(course, default),
        ),
        criteria=_criteria(fields["criteria"], sets, default),
    )


def parse_payer(place: Place, name: str, sets: Mapping[str, CodeSet]) -> Payer:
    """A payer with its criteria, clocks, renewals and steps.

    Raises:
        RulebookError: Whatever is wrong, with file and line.
    """
    fields = place.fields(allowed=(*_PAYER, *_PAYER_MAY, *CITED), required=_PAYER)
    default = place.cited(fields)
    return Payer(
        name=name,
        country=fields["country"].word(),
        description=fields["description"].text(),
        asks=fields["asks"].one_of(ASKED),
        covers={
            product: _cover(one, product, default)
            for product, one in fields["covers"].named().items()
        },
        criteria=_criteria(fields["criteria"], sets, default),
        clocks=tuple(_clock(one, default) for one in _items(fields, "clocks")),
        renewal=_renewal(fields["renewal"], default) if "renewal" in fields else None,
        steps=_steps(fields["steps"], default) if "steps" in fields else (),
        decides=tuple(one.text() for one in fields["decides"].items()),
    )


def _items(fields: Mapping[str, Place], name: str) -> list[Place]:
    return fields[name].items() if name in fields else []


def _criteria(place: Place, sets: Mapping[str, CodeSet], default: Cited) -> tuple[Criterion, ...]:
    return tuple(_criterion(one, name, sets, default) for name, one in place.named().items())


def _criterion(place: Place, name: str, sets: Mapping[str, CodeSet], default: Cited) -> Criterion:
    fields = place.fields(allowed=(*_CRITERION, "until", *CITED), required=_CRITERION)
    since = fields["since"].day()
    until = fields["until"].day() if "until" in fields else None
    if until is not None and until <= since:
        raise fields["until"].bad(Text(en=f"a date after {since}", zh=f"晚于 {since} 的日期"))
    return Criterion(
        name=name,
        what=fields["what"].text(),
        stages=tuple(one.one_of(STAGES) for one in fields["stages"].items()),
        owner=fields["owner"].one_of(OWNERS),
        lead_d=fields["lead_d"].count(),
        proof=parse_proof(fields["proof"], sets),
        since=since,
        until=until,
        cited=place.cited(fields, default),
    )


def _cover(place: Place, product: str, default: Cited) -> Cover:
    fields = place.fields(allowed=("since", *CITED), required=("since",))
    return Cover(product=product, since=fields["since"].day(), cited=place.cited(fields, default))


def _clock(place: Place, default: Cited) -> Clock:
    fields = place.fields(
        allowed=(*_CLOCK, "hours", "days", "extension_d", "until", *CITED), required=_CLOCK
    )
    if ("hours" in fields) == ("days" in fields):
        raise BadEntryError(
            place.file, place.name, ", ".join(fields), _HOURS_OR_DAYS, line=place.line
        )
    return Clock(
        item=fields["item"].one_of(ITEMS),
        request=fields["request"].one_of(REQUESTS),
        hours=fields["hours"].count() if "hours" in fields else None,
        days=fields["days"].count() if "days" in fields else None,
        extension_d=fields["extension_d"].count() if "extension_d" in fields else None,
        since=fields["since"].day(),
        until=fields["until"].day() if "until" in fields else None,
        state=fields["state"].one_of(STATES),
        cited=place.cited(fields, default),
    )


def _renewal(place: Place, default: Cited) -> Renewal:
    keys = ("after_cycles", "after_d")
    fields = place.fields(allowed=(*keys, *CITED), required=keys)
    return Renewal(
        after_cycles=fields["after_cycles"].count(),
        after_d=fields["after_d"].count(),
        cited=place.cited(fields, default),
    )


def _steps(place: Place, default: Cited) -> tuple[Step, ...]:
    """Steps in an order in which each comes after those it waits for."""
    found: dict[str, Step] = {}
    for name, one in place.named().items():
        fields = one.fields(allowed=(*_STEP, "after", *CITED), required=_STEP)
        found[name] = Step(
            name=name,
            what=fields["what"].text(),
            owner=fields["owner"].one_of(OWNERS),
            typical_d=fields["typical_d"].count(),
            after=tuple(before.one_of(sorted(found)) for before in _items(fields, "after")),
            cited=one.cited(fields, default),
        )
    return tuple(found.values())
