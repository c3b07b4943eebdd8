"""Reads the few FHIR R4 elements that evidence needs, strictly, and keeps decimals exact."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from doseline.authorise.errors import BadRecordError
from doseline.authorise.record import Quantity, Span
from doseline.rules import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from doseline.authorise.record import Code, Comparator

_EXPONENT = 30
"""Power of ten beyond which an amount is no measurement."""
UCUM = "http://unitsofmeasure.org"
TOP = Text(en="the file", zh="文件内容")
"""Where something stands that has no name."""
_THERE = Text(en="an element that is there", zh="须有此元素")
_A_DAY = Text(
    en="a date written YYYY, YYYY-MM, YYYY-MM-DD or with time and zone",
    zh="YYYY、YYYY-MM、YYYY-MM-DD 形式的日期，或带时间与时区",
)
_PLACES = Text(en=f"a number of at most {_EXPONENT} places", zh=f"不超过 {_EXPONENT} 位的数字")
_WHEN = re.compile(
    r"(\d{4})(-(\d{2})(-(\d{2})"
    r"(T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(Z|[+-](0\d|1[0-4]):[0-5]\d))?)?)?"
)
_COMPARATORS: tuple[Comparator, ...] = ("", "<", "<=", ">=", ">")


@dataclass(frozen=True, slots=True)
class Element:
    """A piece of a resource, and where it stands; messages name the place, never the content."""

    file: str
    place: str
    content: Any

    def bad(self, allowed: str | Text) -> BadRecordError:
        """The error that this element is not what it must be."""
        return BadRecordError(self.file, self.place or TOP, allowed)

    def has(self, name: str) -> bool:
        """Whether there is an element of this name."""
        return name in self.mapping()

    def mapping(self) -> dict[str, Any]:
        """The content, which must be an object."""
        if not isinstance(self.content, dict):
            raise self.bad(Text(en="an object", zh="一个对象"))
        return self.content

    def at(self, name: str) -> Element | None:
        """An element below this one, if it is there."""
        found = self.mapping().get(name)
        return None if found is None else Element(self.file, f"{self.place}.{name}", found)

    def need(self, name: str) -> Element:
        """An element that must be there."""
        found = self.at(name)
        if found is None:
            raise Element(self.file, f"{self.place}.{name}", None).bad(_THERE)
        return found

    def each(self, name: str) -> Iterator[Element]:
        """The elements of a list below this one; none if it is not there."""
        found = self.at(name)
        if found is None:
            return
        if not isinstance(found.content, list) or not found.content:
            raise found.bad(Text(en="a list that is not empty", zh="非空列表"))
        for place, one in enumerate(found.content):
            yield Element(self.file, f"{found.place}[{place}]", one)

    def choose(self, stem: str) -> None:
        """Refuse two forms of an element that has one, such as a value as amount and as number."""
        found = [name for name in self.mapping() if re.fullmatch(f"{stem}[A-Z]\\w*", name)]
        if len(found) > 1:
            raise Element(self.file, f"{self.place}.{stem}[x]", None).bad(
                Text(en="one form", zh="只有一种形式")
            )

    def text(self) -> str:
        """The content, which must be text."""
        if not isinstance(self.content, str) or not self.content.strip():
            raise self.bad(Text(en="text that is not empty", zh="非空文字"))
        return self.content

    def span(self) -> Span:
        """The days that a date, dateTime or instant may mean, in the zone it is written in."""
        match = _WHEN.fullmatch(self.text())
        if match:
            year, month, day = int(match[1]), int(match[3] or 0), int(match[5] or 0)
            try:
                first = date(year, month or 1, day or 1)
                last = (month or 12, day or monthrange(year, month or 12)[1])
                return Span(first=first, last=date(year, *last))
            except ValueError:
                pass
        raise self.bad(_A_DAY)

    def codings(self) -> frozenset[Code]:
        """System and code of each coding of a CodeableConcept."""
        found = set()
        for coding in self.each("coding"):
            system, code = coding.at("system"), coding.at("code")
            if system is not None and code is not None:
                found.add((system.text(), code.text()))
        return frozenset(found)

    def coding(self, system: str) -> str | None:
        """The code of a CodeableConcept in one system."""
        return next((code for one, code in sorted(self.codings()) if one == system), None)

    def quantity(self) -> Quantity | None:
        """A measured amount; none if it has no value."""
        value = self.at("value")
        if value is None:
            return None
        if isinstance(value.content, bool) or not isinstance(value.content, Decimal | int):
            raise value.bad(Text(en="a number", zh="数字"))
        if abs(Decimal(value.content).adjusted()) > _EXPONENT:
            raise value.bad(_PLACES)
        system, code, compared = self.at("system"), self.at("code"), self.at("comparator")
        ucum = system is not None and system.text() == UCUM and code is not None
        sign = "" if compared is None else compared.text()
        for known in _COMPARATORS:
            if sign == known:
                return Quantity(
                    amount=Decimal(value.content),
                    unit=code.text() if ucum and code is not None else "",
                    comparator=known,
                )
        raise Element(self.file, f"{self.place}.comparator", None).bad("<, <=, >=, >")

    def score(self) -> Quantity:
        """A whole number that stands for itself, such as a performance status."""
        if isinstance(self.content, bool) or not isinstance(self.content, int):
            raise self.bad(Text(en="a whole number", zh="整数"))
        return Quantity(amount=Decimal(self.content), unit="{score}")

    def reference(self) -> str | None:
        """What a Reference points at; none if it only describes it."""
        found = self.at("reference")
        return None if found is None else found.text()
