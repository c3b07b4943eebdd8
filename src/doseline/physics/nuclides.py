"""The nuclide table: half-lives, decay modes, air kerma constants and transport limits.

The table itself is text (`data/nuclides.csv`, `data/nuclide_sources.csv`), one evaluation for the
whole product. The layer that reads files hands the rows to :func:`nuclide_table`.
"""

from __future__ import annotations

import difflib
import math
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from doseline.errors import BadInputError
from doseline.physics.errors import MissingFigureError, NuclideTableError, UnknownNuclideError
from doseline.physics.units import parse_duration_h

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

NUCLIDE_DATASET = "NUBASE2020"
"""The evaluation behind every half-life and branching of the table."""

NUCLIDE_DATASET_CITATION = (
    "F. G. Kondev, M. Wang, W. J. Huang, S. Naimi, G. Audi: The NUBASE2020 evaluation of nuclear "
    "physics properties. Chinese Physics C 45 (2021) 030001"
)
NUCLIDE_TABLE_VERSION = "2026.11"
"""Version of our table; stored with each computed activity."""

ALPHA = "A"
"""Name of the alpha mode; the others are ``B-``, ``B+`` (with capture), ``EC`` and ``IT``."""

_NAME = re.compile(
    r"(?:(?P<el>[a-z]{1,2})[-\s]?(?P<a>\d{1,3})(?P<m>m?))"
    r"|(?:(?P<a2>\d{1,3})(?P<m2>m?)[-\s]?(?P<el2>[a-z]{1,2}))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where figures of the table come from."""

    key: str
    title: str
    as_of: str
    """Day or edition that was read."""
    confidence: str
    """S1 official text, S2 secondary source, C computed, M from memory (verify)."""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecayMode:
    """One way in which a nuclide decays."""

    kind: str
    """``A``, ``B-``, ``B+``, ``EC`` or ``IT``."""
    daughter: str
    fraction: float
    """Share of all decays. [unitless]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransportFigures:
    """What 49 CFR 173.435 and 173.436 print for a nuclide."""

    a1_bq: float
    """Limit of a Type A package in special form. [Bq]"""
    a2_bq: float
    """Limit of a Type A package in any other form. [Bq]"""
    exempt_bq_g: float
    """Concentration below which material is exempt. [Bq/g]"""
    exempt_bq: float
    """Activity below which a consignment is exempt. [Bq]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nuclide:
    """One radionuclide of the table.

    >>> NuclideTable([]).names
    ()
    """

    name: str
    """Element, mass number and ``m`` for the isomer, e.g. ``"Lu-177m"``."""
    half_life_h: float
    """Physical half-life. [h]"""
    modes: tuple[DecayMode, ...]
    """Decay modes; the fractions sum to 1."""
    air_kerma_ugy_m2_gbq_h: float | None
    """Air kerma rate constant of its own photons above 20 keV. [µGy m²/(GBq h)]"""
    transport: TransportFigures | None
    """Figures of the regulation; None when it does not list the nuclide."""
    decay_source: str
    """Key of the source of half-life and modes."""
    kerma_source: str
    """Key of the source of the air kerma constant; empty when there is none."""
    transport_source: str
    """Key of the source of the transport figures, or of their absence."""

    @property
    def emits_alpha(self) -> bool:
        """Whether it emits alpha particles itself."""
        return any(mode.kind == ALPHA for mode in self.modes)

    def air_kerma(self) -> float:
        """Its own air kerma rate constant [µGy m²/(GBq h)].

        Raises:
            MissingFigureError: If the table has none.
        """
        if self.air_kerma_ugy_m2_gbq_h is None:
            raise MissingFigureError(self.name, "air kerma constant")
        return self.air_kerma_ugy_m2_gbq_h


class NuclideTable:
    """Nuclides by name; spelling such as ``lu177``, ``177Lu`` or ``LU-177m`` is understood."""

    def __init__(self, nuclides: Iterable[Nuclide], sources: Iterable[Source] = ()) -> None:
        self._by_name = {nuclide.name: nuclide for nuclide in nuclides}
        self.sources = {source.key: source for source in sources}
        self.dataset = NUCLIDE_DATASET
        self.version = NUCLIDE_TABLE_VERSION

    @property
    def names(self) -> tuple[str, ...]:
        """All names, in the order of the table."""
        return tuple(self._by_name)

    def __iter__(self) -> Iterator[Nuclide]:
        return iter(self._by_name.values())

    def __len__(self) -> int:
        return len(self._by_name)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and nuclide_name(name) in self._by_name

    def __getitem__(self, name: str) -> Nuclide:
        """The nuclide of this name, however it is spelled.

        Raises:
            UnknownNuclideError: If the table does not hold it.
        """
        found = self._by_name.get(nuclide_name(name) or "")
        if found is None:
            raise UnknownNuclideError(name, suggestions=self._near(name))
        return found

    def chain(self, *parents: str) -> tuple[Nuclide, ...]:
        """The parents and all their radioactive descendants, parents before daughters.

        Raises:
            UnknownNuclideError: If the table does not hold a parent.
        """
        done: dict[str, Nuclide] = {}

        def visit(nuclide: Nuclide) -> None:
            if nuclide.name in done:
                return
            for mode in nuclide.modes:
                daughter = self._by_name.get(mode.daughter)
                if daughter is not None:
                    visit(daughter)
            done[nuclide.name] = nuclide

        for parent in reversed(parents):
            visit(self[parent])
        return tuple(reversed(done.values()))

    def _near(self, name: str) -> tuple[str, ...]:
        """Up to three names that look alike, best first."""
        wanted = (nuclide_name(name) or unicodedata.normalize("NFKC", name)).lower()
        by_lower = {known.lower(): known for known in self._by_name}
        close = difflib.get_close_matches(wanted, by_lower, n=3, cutoff=0.6)
        return tuple(by_lower[found] for found in close)


def nuclide_name(text: str) -> str | None:
    """The usual spelling of a nuclide's name, or None when the text is not such a name.

    >>> [nuclide_name(t) for t in ("lu177", "177Lu", "LU-177m", "99mTc", "[¹⁷⁷Lu]", "lead")]
    ['Lu-177', 'Lu-177', 'Lu-177m', 'Tc-99m', 'Lu-177', None]
    """
    plain = unicodedata.normalize("NFKC", text).strip().strip("[]()").lower()
    match = _NAME.fullmatch(plain)
    if match is None:
        return None
    element = match["el"] or match["el2"]
    mass = int(match["a"] or match["a2"])
    return f"{element.capitalize()}-{mass}{match['m'] or match['m2'] or ''}"


def nuclide_table(
    rows: Iterable[Mapping[str, str]], sources: Iterable[Mapping[str, str]] = ()
) -> NuclideTable:
    """The table that rows of text describe (columns as in `data/nuclides.csv`).

    Args:
        rows: One mapping of column to text per nuclide.
        sources: One mapping per source (columns as in `data/nuclide_sources.csv`).

    Raises:
        NuclideTableError: If a row lacks a column, repeats a name, or holds an impossible figure.
    """
    nuclides: dict[str, Nuclide] = {}
    for number, row in enumerate(rows, start=1):
        name = row.get("nuclide", "")
        try:
            nuclide = _nuclide(row)
        except (KeyError, ValueError, BadInputError) as error:
            problem = f"no column {error}" if isinstance(error, KeyError) else str(error)
            raise NuclideTableError(number, nuclide=name, problem=problem.rstrip(".")) from error
        if nuclide.name in nuclides:
            raise NuclideTableError(number, nuclide=name, problem="the name is there twice")
        nuclides[nuclide.name] = nuclide
    return NuclideTable(nuclides.values(), [Source(**dict(source)) for source in sources])


def _nuclide(row: Mapping[str, str]) -> Nuclide:
    """The nuclide of one row.

    Raises:
        KeyError: If a column is missing.
        ValueError: If a figure is impossible.
        BadInputError: If the half-life is not a duration.
    """
    kerma = row["air_kerma_ugy_m2_gbq_h"]
    return Nuclide(
        name=row["nuclide"],
        half_life_h=_half_life_h(row["half_life"], row["half_life_unit"]),
        modes=_modes(row["modes"]),
        air_kerma_ugy_m2_gbq_h=_number(kerma) if kerma else None,
        transport=_transport(row),
        decay_source=row["decay_source"],
        kerma_source=row["kerma_source"],
        transport_source=row["transport_source"],
    )


def _half_life_h(value: str, unit: str) -> float:
    """A half-life, in any unit that NUBASE uses [h]."""
    small = {"ms": 1e-3, "us": 1e-6, "ns": 1e-9}
    if unit in small:
        return _number(value) * small[unit] / 3600
    thousand = {"ky": 1e3, "My": 1e6}
    return parse_duration_h(f"{value} {'y' if unit in thousand else unit}") * thousand.get(unit, 1)


def _modes(text: str) -> tuple[DecayMode, ...]:
    """Modes written as "B- Po-213 97.91; A Tl-209 2.09", in percent."""
    parts = [part.split() for part in text.split(";")]
    modes = tuple(
        DecayMode(kind=kind, daughter=daughter, fraction=_number(percent) / 100)
        for kind, daughter, percent in parts
    )
    total = sum(mode.fraction for mode in modes)
    if not math.isclose(total, 1, abs_tol=1e-9):
        raise ValueError(f"the branches sum to {100 * total:g} %, not 100 %")
    return modes


def _transport(row: Mapping[str, str]) -> TransportFigures | None:
    """The figures of the regulation, or None where it does not list the nuclide."""
    listed = row["listed"]
    if listed == "no":
        return None
    if listed != "yes":
        raise ValueError(f"listed is '{listed}', but must be yes or no")
    return TransportFigures(
        a1_bq=_number(row["a1_tbq"]) * 1e12,
        a2_bq=_number(row["a2_tbq"]) * 1e12,
        exempt_bq_g=_number(row["exempt_bq_g"]),
        exempt_bq=_number(row["exempt_bq"]),
    )


def _number(text: str) -> float:
    """A finite number of zero or more."""
    value = float(text)
    if not (math.isfinite(value) and value >= 0):
        raise ValueError(f"'{text}' is not a finite number of zero or more")
    return value
