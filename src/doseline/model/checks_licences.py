"""Licences: there, in force on the day of use, and large enough for a dose."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from doseline.model.checks_base import at, horizon, nuclide_of
from doseline.model.findings import ERROR, WARNING, Finding
from doseline.model.network import Network

_Held = tuple[str, str, str]
"""Holder, operation and nuclide."""


def check_licence_dates(network: Network) -> Iterator[Finding]:
    """Licences and trainings that end before the last day of use, unless another one follows."""
    first, last = horizon(network)
    frame = network.frame("licences")
    renewed: dict[_Held, date] = {}
    for holder, operation, nuclide, until in frame.select(
        "holder", "operation", "nuclide", "valid_until"
    ).iter_rows():
        key = (holder, operation, nuclide)
        renewed[key] = max(renewed.get(key, until), until)
    for index, row in enumerate(frame.iter_rows(named=True)):
        if row["valid_from"] > row["valid_until"]:
            yield at(
                "licences",
                index,
                "valid_until",
                code="dates_reversed",
                severity=ERROR,
                found=row["valid_until"],
                allowed=f"≥ {row['valid_from']}",
            )
        elif row["valid_until"] < last and renewed[_held(row)] == row["valid_until"]:
            code = "licence_expired" if row["valid_until"] < first else "licence_expires"
            yield _until(index, "valid_until", code=code, row=row, last=last)
        elif row["valid_from"] > last:
            yield at(
                "licences",
                index,
                "valid_from",
                code="licence_not_yet",
                severity=WARNING,
                found=row["valid_from"],
                allowed=f"≤ {last}",
                holder=row["holder"],
            )
        if row["training_until"] is not None and row["training_until"] < last:
            code = "training_expired" if row["training_until"] < first else "training_expires"
            yield _until(index, "training_until", code=code, row=row, last=last)


def check_licences_held(network: Network) -> Iterator[Finding]:
    """Lines that make, sources that supply and sites that treat without a licence for it."""
    frame = network.frame("licences")
    held = set(frame.select("holder", "operation", "nuclide").iter_rows())
    nuclides = nuclide_of(network)
    wanted: dict[tuple[str, str, str], int] = {}
    for index, (line, product) in enumerate(
        network.frame("batches").select("line", "product").iter_rows()
    ):
        wanted.setdefault((line, "make", nuclides[product]), index)
    for (line, operation, nuclide), index in wanted.items():
        if (line, operation, nuclide) not in held:
            yield at(
                "batches",
                index,
                "line",
                code="line_unlicensed",
                severity=ERROR,
                found=line,
                nuclide=nuclide,
            )
    sources = network.frame("sources")
    delivers = dict(zip(sources["source"], sources["nuclide"], strict=True))
    for index, source in enumerate(network.frame("lots")["source"]):
        if (source, "supply", delivers[source]) not in held:
            yield at(
                "lots",
                index,
                "source",
                code="source_unlicensed",
                severity=ERROR,
                found=source,
                nuclide=delivers[source],
            )
    treats = {holder for holder, operation, _ in held if operation == "treat"}
    for index, site in enumerate(network.frame("sites")["site"]):
        if site not in treats:
            yield at("sites", index, "site", code="site_unlicensed", severity=WARNING, found=site)


def check_holders(network: Network) -> Iterator[Finding]:
    """Operations that the kind of holder does not carry out, e.g. a site that supplies."""
    tables = {
        "supply": ("sources", "source"),
        "make": ("lines", "line"),
        "treat": ("sites", "site"),
        "distribute": ("hubs", "hub"),
    }
    kinds = {name: set(network.frame(table)[key]) for name, (table, key) in tables.items()}
    frame = network.frame("licences")
    for index, (holder, operation) in enumerate(frame.select("holder", "operation").iter_rows()):
        if holder not in kinds[operation]:
            fits = ", ".join(name for name, holders in kinds.items() if holder in holders)
            yield at(
                "licences",
                index,
                "operation",
                code="wrong_operation",
                severity=ERROR,
                found=operation,
                allowed=fits,
                holder=holder,
            )


def check_possession(network: Network) -> Iterator[Finding]:
    """Possession limits of sites below the smallest dose of their nuclide."""
    products = network.frame("products")
    smallest: dict[str, float] = defaultdict(lambda: 0.0)
    for nuclide, activity_gbq in products.select("nuclide", "activity_gbq").iter_rows():
        smallest[nuclide] = min(smallest.get(nuclide, activity_gbq), activity_gbq)
    frame = network.frame("licences")
    for index, row in enumerate(frame.iter_rows(named=True)):
        limit = row["possession_gbq"]
        if row["operation"] == "treat" and limit is not None and limit < smallest[row["nuclide"]]:
            yield at(
                "licences",
                index,
                "possession_gbq",
                code="possession_below_dose",
                severity=WARNING,
                found=f"{limit:g} GBq",
                allowed=f"≥ {smallest[row['nuclide']]:g} GBq",
                holder=row["holder"],
            )


def _held(row: dict[str, str]) -> _Held:
    """Holder, operation and nuclide of a licence."""
    return row["holder"], row["operation"], row["nuclide"]


def _until(index: int, column: str, *, code: str, row: dict[str, str], last: date) -> Finding:
    """A finding on the last day of a licence or training."""
    return at(
        "licences",
        index,
        column,
        code=code,
        severity=WARNING,
        found=row[column],
        allowed=f"≥ {last}",
        holder=row["holder"],
        operation=row["operation"],
    )
