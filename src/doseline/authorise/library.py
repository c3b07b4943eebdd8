"""Finds the policies: those that are shipped, and a folder of one's own beside them."""

from __future__ import annotations

import functools
import importlib.resources
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from doseline.authorise.errors import NoPoliciesError, UnknownPolicyError
from doseline.authorise.parse import parse_codes, parse_payer, parse_product, parse_systems
from doseline.authorise.place import root
from doseline.authorise.policy import CodeSet, Payer, Policy, Product
from doseline.rules.errors import BadEntryError, DuplicateKeyError, NotYamlError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from importlib.resources.abc import Traversable
    from pathlib import Path

_SYSTEMS = "systems.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """Products and payers by name."""

    products: Mapping[str, Product]
    payers: Mapping[str, Payer]

    def policies(self) -> tuple[Policy, ...]:
        """Every payer with each product that it covers, by name."""
        return tuple(
            Policy(payer=payer, product=self.products[product])
            for _, payer in sorted(self.payers.items())
            for product in sorted(payer.covers)
        )

    def policy(self, name: str) -> Policy:
        """The policy of this name, e.g. ``PAYER/PRODUCT``.

        Raises:
            UnknownPolicyError: If there is none.
        """
        found = {one.name: one for one in self.policies()}
        if name not in found:
            raise UnknownPolicyError(name, found)
        return found[name]


@functools.cache
def shipped() -> Library:
    """The policies that come with Doseline.

    Raises:
        RulebookError: If a file of them cannot be used.
    """
    return _read([_shipped_folder()])


def with_own(folder: Path) -> Library:
    """The shipped policies and those of a folder with ``codes``, ``products`` and ``payers``.

    Codes under a name that exists already are added to it; a product or payer under such a
    name is refused.

    Raises:
        NoPoliciesError: If the folder holds none.
        RulebookError: If a file cannot be used, with file and line.
    """
    if not any(folder.glob("*/*.yaml")):
        raise NoPoliciesError(str(folder))
    return _read([_shipped_folder(), folder])


def _shipped_folder() -> Traversable:
    return importlib.resources.files("doseline.authorise")


def _read(folders: Sequence[Traversable]) -> Library:
    systems: dict[str, tuple[str, ...]] = {}
    sets: dict[str, CodeSet] = {}
    products: dict[str, Product] = {}
    payers: dict[str, Payer] = {}
    codes = [one for folder in folders for one in _texts(folder, "codes")]
    for file, text in codes:
        if file.endswith(f"/{_SYSTEMS}"):
            for name, uris in parse_systems(root(text, file=file)).items():
                systems[name] = (*systems.get(name, ()), *uris)
    for file, text in codes:
        if not file.endswith(f"/{_SYSTEMS}"):
            found = parse_codes(root(text, file=file), _stem(file), systems)
            sets[found.name] = _joined(sets.get(found.name), found)
    for folder in folders:
        for file, text in _texts(folder, "products"):
            name = _new(file, products)
            products[name] = parse_product(root(text, file=file), name, sets)
    for folder in folders:
        for file, text in _texts(folder, "payers"):
            name = _new(file, payers)
            payers[name] = parse_payer(root(text, file=file), name, sets)
            _check_covers(payers[name], products, file)
    return Library(
        products=MappingProxyType(products),
        payers=MappingProxyType(payers),
    )


def _check_covers(payer: Payer, products: Mapping[str, Product], file: str) -> None:
    for product in payer.covers:
        if product not in products:
            raise BadEntryError(file, "covers", product, ", ".join(sorted(products)))


def _texts(folder: Traversable, name: str) -> Iterator[tuple[str, str]]:
    """Name and content of each YAML file of one kind."""
    inner = folder / name
    if not inner.is_dir():
        return
    for file in sorted(inner.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".yaml"):
            place = f"{folder.name}/{name}/{file.name}"
            try:
                text = file.read_text(encoding="utf-8-sig")
            except UnicodeDecodeError as error:
                raise NotYamlError(place) from error
            yield place, text


def _stem(file: str) -> str:
    return file.rpartition("/")[2].removesuffix(".yaml")


def _new(file: str, known: Mapping[str, object]) -> str:
    name = _stem(file)
    if name in known:
        raise DuplicateKeyError(file, name, 1)
    return name


def _joined(old: CodeSet | None, new: CodeSet) -> CodeSet:
    """One's own codes added to those of the same name."""
    if old is None:
        return new
    return replace(old, whole=old.whole | new.whole, beginnings=old.beginnings | new.beginnings)
