"""Builds ``examples/us-lu177`` from committed figures and two packages of places.

The same inputs give the same bytes. From the repository's root::

    python -m pip install --no-deps --target FOLDER -r scripts/build-requirements.txt
    python -m scripts.build_us_lu177 --packages FOLDER
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.us_lu177 import demand, opening, outcomes, sites, supply, transport
from scripts.us_lu177.evidence import evidence_rows
from scripts.us_lu177.sources import read_airports, read_counties
from scripts.us_lu177.tables import write_table

if TYPE_CHECKING:
    from scripts.us_lu177.tables import Rows

_ROOT = Path(__file__).parent.parent
_STAFF_MIN = {"authorised_user": 30, "technologist": 90, "nurse": 120, "radiation_safety": 60}
"""Staff minutes an infusion: 40 h a week over the treatments of one person at UCLA."""
_COSTS = (
    # item, party, per, product, USD
    ("preparation", "hospital", "infusion", None, 450),
    ("amino acids and antiemetic", "hospital", "infusion", "lu-dotatate", 300),
    ("suite", "hospital", "site_week", None, 2500),
    ("decay storage", "hospital", "dose", None, 60),
    ("order desk and pot return", "maker", "dose", None, 150),
    ("patient services", "developer", "episode", None, 500),
    ("travel", "patient", "infusion", None, 120),
)


def main() -> None:
    """Write every table of the example."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packages", type=Path, required=True, help="where they are installed")
    parser.add_argument("--out", type=Path, default=_ROOT / "examples" / "us-lu177")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    for name, rows in tables(given.packages).items():
        write_table(given.out, name, rows)
        print(f"{name}: {len(rows)} rows")


def tables(packages: Path) -> dict[str, Rows]:
    """All tables of the example by name.

    Args:
        packages: Folder that holds the packages of ``build-requirements.txt``.
    """
    coded, by_state = read_airports(packages)
    hubs = {one.iata: one for one in coded if one.iata in transport.HUBS}
    counties = read_counties(packages, by_state)
    placed = sites.place(counties)
    rates = demand.per_year(counties)
    starts = opening.starts_per_week(counties, placed, rates)
    return {
        "evidence": evidence_rows(),
        "products": supply.product_rows(),
        "sources": supply.source_rows(),
        "lots": supply.lot_rows(),
        "lines": supply.line_rows(),
        "batches": supply.batch_rows(),
        "licences": [*supply.licence_rows(), *sites.licence_rows(placed)],
        "hubs": transport.hub_rows(hubs),
        "lanes": transport.lane_rows(hubs, placed),
        "departures": transport.departure_rows(),
        "sites": sites.site_rows(placed),
        "suites": sites.suite_rows(placed),
        "staff": sites.staff_rows(placed),
        "tasks": _task_rows(),
        "scanners": sites.scanner_rows(counties),
        "tracers": sites.tracer_rows(),
        "regions": demand.region_rows(counties),
        "incidence": demand.incidence_rows(rates),
        "patient_mix": demand.patient_mix_rows(),
        "pathways": demand.gate_rows(),
        "payers": demand.payer_rows(),
        "payer_mix": demand.mix_rows(),
        "costs": _cost_rows(),
        "continuation": demand.continuation_rows(),
        "outcomes": outcomes.outcome_rows(),
        "stock": opening.stock_rows(),
        "in_flight": opening.in_flight_rows(placed),
        "booked": opening.booked_rows(placed),
        "waste": opening.waste_rows(placed, starts),
        "courses": opening.course_rows(placed, starts),
    }


def _task_rows() -> Rows:
    """Staff time of one infusion."""
    return [
        {"product": product, "role": role, "minutes": minutes, "evidence": "ucla"}
        for product in ("lu-psma", "lu-dotatate")
        for role, minutes in _STAFF_MIN.items()
    ]


def _cost_rows() -> Rows:
    """Costs beyond batches, lanes and isotope."""
    names = ("item", "party", "per", "product", "amount")
    return [{**dict(zip(names, cost, strict=True)), "evidence": "costs-rule"} for cost in _COSTS]


if __name__ == "__main__":
    main()
