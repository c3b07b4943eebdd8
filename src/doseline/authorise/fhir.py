"""A FHIR R4 record, a Bundle or a folder of resources, -> what it proves; names are not read."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from doseline.authorise.element import TOP, Element
from doseline.authorise.errors import (
    BadRecordError,
    NoRecordError,
    NotOnePatientError,
    OtherPatientError,
    TwiceInRecordError,
)
from doseline.authorise.record import Fact, Record
from doseline.authorise.resources import fact_of, kind_of
from doseline.rules import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

LARGEST_BYTES = 64 * 1024 * 1024
"""Size of a file above which it is no record of one patient."""
_JSON = Text(en="one JSON object in UTF-8", zh="一个 UTF-8 编码的 JSON 对象")
_WHOSE = {"Coverage": "beneficiary"}
"""Where a resource says whose it is; elsewhere in ``subject``."""


def read_record(path: Path) -> Record:
    """The record of one patient.

    Args:
        path: A Bundle or resource in a ``.json`` file, or a folder of such files.

    Raises:
        NoRecordError: If nothing is there.
        BadRecordError: If what is read is not as FHIR R4 has it.
        NotOnePatientError: If there is not exactly one patient.
        OtherPatientError: If a resource belongs to somebody else.
        TwiceInRecordError: If one id stands for two resources.
    """
    files = sorted(path.glob("*.json")) if path.is_dir() else [path]
    if not files or not all(file.is_file() for file in files):
        raise NoRecordError(path)
    return record_of(Element(file.name, "", _content(file)) for file in files)


def record_of(contents: Iterable[Element]) -> Record:
    """The record of one patient from Bundles and resources that are already read.

    Raises:
        BadInputError: As ``read_record``.
    """
    shelf = _Shelf()
    for content in contents:
        for url, resource in _resources(content):
            shelf.add(url, resource)
    return shelf.record()


def _content(file: Path) -> Any:
    if file.stat().st_size > LARGEST_BYTES:
        raise BadRecordError(file.name, TOP, f"≤ {LARGEST_BYTES} B")
    try:
        return json.loads(
            file.read_text(encoding="utf-8-sig"),
            parse_float=Decimal,
            parse_constant=_no_number,
            object_pairs_hook=_no_twin,
        )
    except (ValueError, RecursionError) as error:
        raise BadRecordError(file.name, TOP, _JSON) from error


def _no_number(text: str) -> float:
    raise ValueError(text)


def _no_twin(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found


def _resources(content: Element) -> Iterator[tuple[str, Element]]:
    """Each resource with its full URL, out of a Bundle or by itself."""
    name = content.need("resourceType").text()
    if name != "Bundle":
        yield "", Element(content.file, name, content.content)
        return
    for entry in content.each("entry"):
        url, resource = entry.at("fullUrl"), entry.at("resource")
        if resource is not None:
            inner = resource.need("resourceType").text()
            place = f"{inner}{resource.place.removeprefix('.entry').removesuffix('.resource')}"
            yield (url.text() if url else ""), Element(content.file, place, resource.content)


@dataclass(slots=True)
class _Shelf:
    """The resources of a record by reference."""

    by_reference: dict[str, Element] = field(default_factory=dict)
    known_as: dict[str, str] = field(default_factory=dict)
    """Reference by full URL."""

    def add(self, url: str, resource: Element) -> None:
        identity = resource.at("id")
        name = resource.need("resourceType").text()
        if identity is None and not url:
            raise Element(resource.file, f"{resource.place}.id", None).bad(
                Text(en="an id", zh="须有 id")
            )
        reference = f"{name}/{identity.text()}" if identity else url
        twin = self.by_reference.setdefault(reference, resource)
        if twin.content != resource.content:
            raise TwiceInRecordError(resource.file, reference)
        if url:
            self.known_as[url] = reference

    def record(self) -> Record:
        patients = [name for name, one in self.by_reference.items() if _is(one, "Patient")]
        if len(patients) != 1:
            raise NotOnePatientError(len(patients))
        patient = patients[0]
        born = self.by_reference[patient].at("birthDate")
        facts, ignored = [], -1
        for reference, resource in sorted(self.by_reference.items()):
            fact = self._fact(reference, resource, patient)
            if fact is None:
                ignored += 1
            else:
                facts.append(fact)
        return Record(
            patient=patient,
            born=born.span() if born else None,
            facts=tuple(facts),
            ignored=ignored,
        )

    def _fact(self, reference: str, resource: Element, patient: str) -> Fact | None:
        kind = kind_of(resource)
        if kind is None:
            return None
        whose = resource.at(_WHOSE.get(kind, "subject"))
        owner = whose.reference() if whose else None
        if owner is not None and self._known(owner) != patient:
            raise OtherPatientError(resource.file, reference)
        fact = fact_of(resource, kind, reference=reference, resolve=self._resolve)
        if fact is None or owner is not None:
            return fact
        return Fact(
            reference=fact.reference,
            kind=fact.kind,
            codes=fact.codes,
            when=fact.when,
            unclear="whose",
        )

    def _known(self, reference: str) -> str:
        """The reference as the shelf has it: relative, by full URL, or the end of a URL."""
        if reference in self.known_as:
            return self.known_as[reference]
        if reference in self.by_reference:
            return reference
        return "/".join(reference.partition("/_history/")[0].split("/")[-2:])

    def _resolve(self, resource: Element, reference: str) -> Element | None:
        if not reference.startswith("#"):
            return self.by_reference.get(self._known(reference))
        for one in resource.each("contained"):
            identity = one.at("id")
            if identity is not None and f"#{identity.text()}" == reference:
                return one
        return None


def _is(resource: Element, name: str) -> bool:
    return resource.need("resourceType").text() == name
