"""Products, lots and batches: whether a dose can exist at all."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from doseline.model.checks_base import at, nuclide_of
from doseline.model.columns import weekday_numbers
from doseline.model.findings import ERROR, WARNING, Finding
from doseline.model.network import Network

POSITIVE = {
    "products": (
        "activity_gbq",
        "concentration_gbq_per_ml",
        "volume_max_ml",
        "shelf_life_h",
        "exit_median_days",
    ),
    "carriers": ("drive_h_max",),
}
"""Columns in which zero makes no sense, although it is not negative."""
LONG_SHELF_HALVINGS = 10.0
"""Half-lives beyond which a shelf life is doubtful: a thousandth is left."""
LEAD_LEFT = 0.1
"""Share of a lot that must be left on arrival, below which its lead time is doubtful."""
GENERATOR = "generator"
"""Route whose source holds the parent of the nuclide that is used."""


def check_positive(network: Network) -> Iterator[Finding]:
    """Zero where only more than zero makes sense."""
    for table, columns in POSITIVE.items():
        for column in columns:
            for index in (network.frame(table)[column] == 0).arg_true().to_list():
                yield at(
                    table,
                    index,
                    column,
                    code="must_be_positive",
                    severity=ERROR,
                    found="0",
                    allowed="> 0",
                )


def check_products(network: Network) -> Iterator[Finding]:
    """Volumes that are reversed, and days of a course that contradict each other."""
    for index, row in enumerate(network.frame("products").iter_rows(named=True)):
        if row["volume_min_ml"] > row["volume_max_ml"]:
            yield at(
                "products",
                index,
                "volume_min_ml",
                code="volumes_reversed",
                severity=ERROR,
                found=f"{row['volume_min_ml']:g} mL",
                allowed=f"≤ {row['volume_max_ml']:g} mL",
            )
        in_time = row["in_time_days"]
        if in_time is not None and in_time <= row["order_lead_days"]:
            yield at(
                "products",
                index,
                "in_time_days",
                code="in_time_too_short",
                severity=WARNING,
                found=f"{in_time} d",
                allowed=f"> {row['order_lead_days']} d",
            )
        if (row["impurity"] is None) != (row["impurity_percent"] == 0):
            yield at(
                "products",
                index,
                "impurity",
                code="impurity_incomplete",
                severity=WARNING,
                found=row["impurity"] or f"{row['impurity_percent']:g} %",
            )


def check_shelf_life(network: Network, half_life_h: Mapping[str, float]) -> Iterator[Finding]:
    """Shelf lives of many half-lives, and lots that decay on the way to the line."""
    for index, row in enumerate(network.frame("products").iter_rows(named=True)):
        limit_h = LONG_SHELF_HALVINGS * half_life_h.get(row["nuclide"], math.inf)
        if row["shelf_life_h"] > limit_h:
            yield at(
                "products",
                index,
                "shelf_life_h",
                code="shelf_life_long",
                severity=WARNING,
                found=f"{row['shelf_life_h']:g} h",
                allowed=f"≤ {limit_h:.4g} h",
                nuclide=row["nuclide"],
            )
    sources = network.frame("sources")
    delivers = dict(zip(sources["source"], sources["nuclide"], strict=True))
    for index, (source, lead_h) in enumerate(
        network.frame("lots").select("source", "lead_h").iter_rows()
    ):
        half_life = half_life_h.get(delivers[source], math.inf)
        if 2 ** (-lead_h / half_life) < LEAD_LEFT:
            yield at(
                "lots",
                index,
                "lead_h",
                code="lot_decays",
                severity=WARNING,
                found=f"{lead_h:g} h",
                allowed=f"≤ {-half_life * math.log2(LEAD_LEFT):.4g} h",
                nuclide=delivers[source],
            )


def check_chain(network: Network) -> Iterator[Finding]:
    """Products without batch, batches without isotope, and batch slots on more than one day."""
    batches = network.frame("batches")
    made = set(batches["product"])
    for index, product in enumerate(network.frame("products")["product"]):
        if product not in made:
            yield at(
                "products",
                index,
                "product",
                code="product_without_batch",
                severity=WARNING,
                found=product,
            )
    supplied = _supplied(network)
    nuclides = nuclide_of(network)
    for index, (line, product) in enumerate(batches.select("line", "product").iter_rows()):
        arriving = supplied.get(line, set())
        if nuclides[product] not in arriving and GENERATOR not in arriving:
            yield at(
                "batches",
                index,
                "line",
                code="batch_without_isotope",
                severity=WARNING,
                found=line,
                nuclide=nuclides[product],
            )
    for index, days in enumerate(batches["weekday"]):
        if len(weekday_numbers(days)) != 1:
            yield at("batches", index, "weekday", code="several_days", severity=ERROR, found=days)


def _supplied(network: Network) -> dict[str, set[str]]:
    """Nuclides that lots bring to each line, and the word generator where one does."""
    sources = network.frame("sources")
    brings = {
        source: {nuclide, route}
        for source, nuclide, route in sources.select("source", "nuclide", "route").iter_rows()
    }
    found: dict[str, set[str]] = {}
    for source, line in network.frame("lots").select("source", "line").iter_rows():
        found.setdefault(line, set()).update(brings[source])
    return found


def check_probabilities(network: Network) -> Iterator[Finding]:
    """Percentages that make a step certain to fail, or look like fractions."""
    extremes = (
        ("batches", "yield_percent", 0.0),
        ("batches", "failure_percent", 100.0),
        ("lanes", "on_time_percent", 0.0),
        ("pathways", "pass_percent", 0.0),
        ("payers", "denied_percent", 100.0),
    )
    for table, column, extreme in extremes:
        for index in (network.frame(table)[column] == extreme).arg_true().to_list():
            yield at(
                table,
                index,
                column,
                code="certain_failure",
                severity=WARNING,
                found=f"{extreme:g} %",
            )
    likely_high = (
        ("batches", "yield_percent"),
        ("lanes", "on_time_percent"),
        ("pathways", "pass_percent"),
        ("products", "continue_percent"),
    )
    for table, column in likely_high:
        values = network.frame(table)[column]
        for index in ((values > 0) & (values <= 1)).arg_true().to_list():
            yield at(
                table,
                index,
                column,
                code="percent_as_fraction",
                severity=WARNING,
                found=f"{values[index]:g}",
                allowed=f"{100 * values[index]:g}",
            )
