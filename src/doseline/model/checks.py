"""What does not make sense in a network, although every cell is well formed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from doseline.model.checks_calendars import check_carriers, check_holidays, check_hub_hours
from doseline.model.checks_capacity import (
    check_experience,
    check_tracer_supply,
    check_tracers,
    check_training,
    check_waste,
)
from doseline.model.checks_capacity_limits import (
    check_departure_limits,
    check_staff_dose,
    check_staff_hours,
    check_use,
)
from doseline.model.checks_demand import (
    check_demand,
    check_gates,
    check_opening,
    check_orders,
    check_payer_mix,
    check_rows,
    check_weeks,
)
from doseline.model.checks_entry import (
    check_entry_days,
    check_entry_ranges,
    check_entry_routes,
    check_entry_steps,
    check_entry_uses,
)
from doseline.model.checks_licences import (
    check_holders,
    check_licence_dates,
    check_licences_held,
    check_possession,
)
from doseline.model.checks_ordering import (
    check_commitments,
    check_continuation,
    check_cutoffs,
    check_listings,
)
from doseline.model.checks_outcomes import check_outcomes
from doseline.model.checks_promises import (
    check_intervals,
    check_promises,
    check_quotas,
    check_reservations,
)
from doseline.model.checks_sources import (
    check_changeovers,
    check_owners,
    check_pharmacies,
    check_supply_changes,
)
from doseline.model.checks_supply import (
    check_chain,
    check_positive,
    check_probabilities,
    check_products,
    check_shelf_life,
)
from doseline.model.checks_time import check_clock_changes
from doseline.model.checks_transport import (
    check_batch_departure,
    check_departures,
    check_hubs,
    check_lanes,
    check_reach,
    check_survival,
)
from doseline.model.checks_treatment import (
    check_site_suites,
    check_staff,
    check_suites,
    check_tasks,
)
from doseline.model.checks_years import check_appeals, check_line_changes, check_patient_mix
from doseline.model.findings import Finding
from doseline.model.network import Network

_PLACES = ("lines", "hubs", "sites", "lanes", "departures")

CHECKS: tuple[tuple[Callable[[Network], Iterator[Finding]], tuple[str, ...]], ...] = (
    (check_rows, ()),
    (check_weeks, ("products",)),
    (check_positive, ("products", "carriers")),
    (check_holidays, ("calendars", "holidays", "products")),
    (check_products, ("products",)),
    (check_chain, ("products", "batches", "lots", "sources")),
    (check_supply_changes, ("supply_changes",)),
    (check_line_changes, ("line_changes",)),
    (check_appeals, ("appeals", "payers")),
    (check_patient_mix, ("patient_mix",)),
    (check_changeovers, ("changeovers", "products", "batches")),
    (check_probabilities, ("batches", "lanes", "pathways", "payers", "products")),
    (check_licence_dates, ("licences", "products")),
    (check_licences_held, ("licences", "products", "batches", "sources", "lots", "sites")),
    (check_holders, ("licences", "sources", "lines", "sites")),
    (check_possession, ("licences", "products")),
    (check_owners, ("lines", "batches", "licences", "products")),
    (check_pharmacies, ("hubs", "licences", "products")),
    (check_lanes, _PLACES),
    (check_hubs, ("hubs", "lanes")),
    (check_departures, ("departures", "products")),
    (check_hub_hours, ("hubs", "lanes", "departures")),
    (check_carriers, ("carriers", "lanes")),
    (check_reach, _PLACES),
    (check_suites, ("suites", "products")),
    (check_site_suites, ("suites", "sites")),
    (check_staff, ("staff", "tasks", "sites", "suites")),
    (check_tasks, ("tasks", "products")),
    (check_staff_hours, ("staff", "tasks")),
    (check_staff_dose, ("staff", "tasks")),
    (check_use, ("licences",)),
    (check_departure_limits, ("lanes", "departures")),
    (check_training, ("training", "products")),
    (check_experience, ("experience", "learning", "licences", "products")),
    (check_waste, ("waste_streams", "waste_stores")),
    (check_tracers, ("tracers", "scanners", "products")),
    (check_tracer_supply, ("tracer_supply", "scanners", "hubs", "lines", "sites")),
    (check_cutoffs, ("ordering_cutoffs",)),
    (check_commitments, ("commitments",)),
    (check_continuation, ("continuation", "products")),
    (check_intervals, ("products",)),
    (check_promises, ("orders", "products", "commitments")),
    (check_quotas, ("quotas", "regions")),
    (check_reservations, ("reservations", "products", "suites", "sites", "holidays")),
    (check_listings, ("listings", "products")),
    (check_outcomes, ("outcomes",)),
    (check_entry_days, ("entry_terms", "entry_routes", "entry_steps")),
    (check_entry_ranges, ("entry_terms", "entry_steps", "entry_uses")),
    (check_entry_routes, ("entry_terms", "entry_routes", "entry_steps")),
    (check_entry_steps, ("entry_steps",)),
    (check_entry_uses, ("entry_uses", "entry_steps")),
    (check_gates, ("pathways", "products", "payers")),
    (check_payer_mix, ("payer_mix", "products")),
    (check_demand, ("incidence", "scanners", "products")),
    (check_orders, ("orders",)),
    (check_opening, ("in_flight", "courses", "booked", "products")),
    (check_clock_changes, ("products", "lots", "batches", "suites", "sources", *_PLACES)),
)
"""Each check with the tables that it needs whole."""

DECAY_CHECKS: tuple[
    tuple[Callable[[Network, Mapping[str, float]], Iterator[Finding]], tuple[str, ...]], ...
] = (
    (check_shelf_life, ("products", "lots", "sources")),
    (check_survival, ("products", "batches", *_PLACES)),
    (check_batch_departure, ("products", "batches", *_PLACES)),
)
"""The same for checks that need half-lives."""


def check_network(
    network: Network, *, half_life_h: Mapping[str, float], broken: Collection[str] = ()
) -> tuple[Finding, ...]:
    """Everything that does not make sense in the tables that could be read.

    Args:
        network: The network; tables that could not be read are empty.
        half_life_h: Physical half-life by nuclide. [h]
        broken: Tables with an error; a check that needs one of them is left out.
    """
    found: list[Finding] = []
    for check, tables in CHECKS:
        if not set(tables) & set(broken):
            found += check(network)
    for decay_check, tables in DECAY_CHECKS:
        if not set(tables) & set(broken):
            found += decay_check(network, half_life_h)
    return tuple(one for one in found if one.code != "no_rows" or one.table not in broken)
