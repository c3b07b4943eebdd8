"""Builds ``examples/cn-rlt`` from committed figures and one package of airports.

The same inputs give the same bytes. From the repository's root::

    python -m pip install --no-deps --target FOLDER -r scripts/build-requirements.txt
    python -m scripts.build_cn_rlt --packages FOLDER
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.cn_rlt import (
    demand,
    entry,
    holidays,
    imaging,
    opening,
    ordering,
    safety,
    sites,
    supply,
    transport,
)
from scripts.cn_rlt.evidence import evidence_rows
from scripts.cn_rlt.sources import read_airports, read_prefectures
from scripts.us_lu177.tables import write_table

if TYPE_CHECKING:
    from scripts.cn_rlt.sources import Airport
    from scripts.us_lu177.tables import Rows

_ROOT = Path(__file__).parent.parent
_STAFF_MIN = {
    # product: authorised user, technologist, nurse, radiation safety
    "lu-psma": (30, 60, 90, 30),
    "lu-psma-hp": (30, 60, 90, 30),
    "lu-dotatate": (30, 60, 150, 30),
    "lu-dotatate-hp": (30, 60, 150, 30),
    "i131-nai": (15, 20, 60, 10),
    "ac-psma": (45, 60, 90, 30),
    "at-trial": (45, 60, 90, 30),
}
_ROLES = ("authorised_user", "technologist", "nurse", "radiation_safety")
_COSTS = (
    # item, party, per, product, CNY
    ("preparation", "hospital", "infusion", None, 300),
    ("amino acids, trial", "developer", "infusion", "lu-dotatate", 300),
    ("amino acids, own", "hospital", "infusion", "lu-dotatate-hp", 300),
    ("suite", "hospital", "site_week", None, 1500),
    ("decay storage", "hospital", "dose", None, 50),
    ("order desk and pot return", "maker", "dose", None, 300),
    ("patient services", "developer", "episode", "lu-psma", 1500),
    ("travel and stay nearby", "patient", "infusion", None, 800),
)


def main() -> None:
    """Write every table of the example."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packages", type=Path, required=True, help="where they are installed")
    parser.add_argument("--out", type=Path, default=_ROOT / "examples" / "cn-rlt")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    for name, rows in tables(read_airports(given.packages, transport.HUBS)).items():
        write_table(given.out, name, rows)
        print(f"{name}: {len(rows)} rows")


def tables(airports: dict[str, Airport]) -> dict[str, Rows]:
    """All tables of the example by name.

    Args:
        airports: Airports by IATA code, the only part that comes from a package.
    """
    prefectures = read_prefectures()
    placed = sites.place(prefectures)
    rates = demand.per_year(prefectures, placed)
    starts = opening.starts_per_week(prefectures, placed, rates)
    scanners = imaging.scanner_rows(prefectures, placed)
    pharmacies = {name: at for name, (_, at) in transport.PHARMACIES.items()}
    return {
        "evidence": evidence_rows(),
        "calendars": holidays.calendar_rows(),
        "holidays": holidays.holiday_rows(),
        "products": supply.product_rows(),
        "sources": supply.source_rows(),
        "supply_changes": supply.change_rows(),
        "lots": supply.lot_rows(placed),
        "lines": supply.line_rows(placed),
        "changeovers": supply.changeover_rows(),
        "batches": supply.batch_rows(placed),
        "licences": [
            *supply.licence_rows(placed, list(pharmacies)),
            *safety.licence_rows(placed),
        ],
        "hubs": transport.hub_rows(airports),
        "carriers": transport.carrier_rows(),
        "lanes": transport.lane_rows(airports, placed),
        "departures": transport.departure_rows(airports),
        "sites": sites.site_rows(placed),
        "suites": sites.suite_rows(placed),
        "staff": sites.staff_rows(placed),
        "training": sites.training_rows(placed),
        "tasks": _task_rows(),
        "learning": safety.learning_rows(),
        "waste_streams": safety.stream_rows(),
        "waste_stores": safety.store_rows(placed, starts["i131-nai"]),
        "tracers": imaging.tracer_rows(),
        "tracer_supply": imaging.tracer_supply_rows(placed, pharmacies, scanners),
        "scanners": scanners,
        "regions": demand.region_rows(prefectures),
        "incidence": demand.incidence_rows(rates),
        "pathways": demand.gate_rows(),
        "listings": ordering.listing_rows(placed),
        "payers": demand.payer_rows(),
        "payer_mix": demand.mix_rows(),
        "costs": _cost_rows(),
        "ordering_cutoffs": ordering.cutoff_rows(),
        "commitments": ordering.commitment_rows(),
        "continuation": demand.continuation_rows(),
        "entry_terms": entry.terms_rows(),
        "entry_routes": entry.route_rows(),
        "entry_steps": entry.step_rows(),
        "entry_uses": entry.use_rows(),
        "stock": opening.stock_rows(),
        "in_flight": opening.in_flight_rows(placed),
        "booked": opening.booked_rows(placed),
        "waste": opening.waste_rows(placed, starts),
        "courses": opening.course_rows(placed, starts),
        "experience": opening.experience_rows(placed),
    }


def _task_rows() -> Rows:
    """Staff time of one infusion."""
    return [
        {"product": product, "role": role, "minutes": spent, "evidence": "staff-rule"}
        for product, minutes in _STAFF_MIN.items()
        for role, spent in zip(_ROLES, minutes, strict=True)
    ]


def _cost_rows() -> Rows:
    """Costs beyond batches, lanes and isotope."""
    names = ("item", "party", "per", "product", "amount")
    return [{**dict(zip(names, cost, strict=True)), "evidence": "costs-rule"} for cost in _COSTS]


if __name__ == "__main__":
    main()
