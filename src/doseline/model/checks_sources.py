"""What bears on supply over time: changes of a source, changeovers, owners of lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from doseline.model.checks_base import at, listed, nuclide_of
from doseline.model.findings import ERROR, NOTE, WARNING, Finding
from doseline.model.network import Network


def check_supply_changes(network: Network) -> Iterator[Finding]:
    """Periods of a source that are reversed or overlap."""
    frame = network.frame("supply_changes").with_row_index("index")
    before: dict[str, tuple[date | None, int]] = {}
    columns = ("index", "source", "valid_from", "valid_until")
    for index, source, start, end in frame.select(columns).sort("valid_from").iter_rows():
        if end is not None and end < start:
            yield at(
                "supply_changes",
                index,
                "valid_until",
                code="dates_reversed",
                severity=ERROR,
                found=end,
                allowed=f"≥ {start}",
            )
        until, row = before.get(source, (None, 0))
        if until is not None and until >= start:
            yield at(
                "supply_changes",
                index,
                "valid_from",
                code="periods_overlap",
                severity=ERROR,
                found=start,
                allowed=f"> {until}",
                source=source,
                line=row + 2,
            )
        before[source] = end, index


def check_changeovers(network: Network) -> Iterator[Finding]:
    """Classes that no product has, and lines that do not make both."""
    products = network.frame("products")
    class_of = dict(zip(products["product"], products["segregation"], strict=True))
    known = [name for name in class_of.values() if name]
    made: dict[str, set[str]] = defaultdict(set)
    for line, product in network.frame("batches").select("line", "product").iter_rows():
        made[line].add(class_of[product])
    frame = network.frame("changeovers").select("line", "from_class", "to_class")
    for index, (line, *classes) in enumerate(frame.iter_rows()):
        for column, name in zip(("from_class", "to_class"), classes, strict=True):
            if name not in known:
                yield at(
                    "changeovers",
                    index,
                    column,
                    code="unknown_class",
                    severity=WARNING,
                    found=name,
                    allowed=listed(known),
                )
        if set(classes) <= set(known) and not set(classes) <= made[line]:
            yield at(
                "changeovers",
                index,
                "line",
                code="changeover_unneeded",
                severity=NOTE,
                found=line,
            )


def check_owners(network: Network) -> Iterator[Finding]:
    """Hospitals with a line of their own that may not treat with what it makes."""
    nuclides = nuclide_of(network)
    makes: dict[str, set[str]] = defaultdict(set)
    for line, product in network.frame("batches").select("line", "product").iter_rows():
        makes[line].add(nuclides[product])
    licences = network.frame("licences").filter(operation="treat").select("holder", "nuclide")
    treats = set(licences.iter_rows())
    lines = network.frame("lines").select("line", "owner")
    for index, (line, owner) in enumerate(lines.iter_rows()):
        lacking = [name for name in sorted(makes[line]) if (owner, name) not in treats]
        if owner is not None and lacking:
            yield at(
                "lines",
                index,
                "owner",
                code="owner_unlicensed",
                severity=WARNING,
                found=owner,
                nuclides=listed(lacking),
            )


def check_pharmacies(network: Network) -> Iterator[Finding]:
    """Nuclear pharmacies that may not distribute the nuclide of any product."""
    wanted = set(nuclide_of(network).values())
    licences = network.frame("licences").filter(operation="distribute")
    held = {
        holder
        for holder, nuclide in licences.select("holder", "nuclide").iter_rows()
        if nuclide in wanted
    }
    for index, (hub, kind) in enumerate(network.frame("hubs").select("hub", "kind").iter_rows()):
        if kind == "pharmacy" and hub not in held:
            yield at("hubs", index, "hub", code="pharmacy_unlicensed", severity=WARNING, found=hub)
