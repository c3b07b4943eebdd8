"""Everything of a network that does not depend on the seed, decided once."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from doseline.model.supply import Product
from doseline.simulate.gates import Access
from doseline.simulate.pathway import calendar_of, pathway
from doseline.study.catchments import scanner_catchment, site_catchment
from doseline.study.expected import expected_doses, listed_from
from doseline.study.kinds import weeks_of
from doseline.study.participation import participate
from doseline.study.stays import nights_by_product, use_factors
from doseline.study.terms import terms_of
from doseline.study.tracers import slots_per_week, usable_from

if TYPE_CHECKING:
    from doseline.model.network import Network
    from doseline.model.options import Options
    from doseline.simulate.calendar import Calendar
    from doseline.simulate.catchment import Catchment
    from doseline.simulate.pathway import Floats, Ints, Pathway
    from doseline.study.kinds import Weeks
    from doseline.study.participation import Participation
    from doseline.study.reference import Reference
    from doseline.study.terms import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A network made ready for replications."""

    network: Network
    reference: Reference
    path: Pathway
    calendar: Calendar
    terms: Terms
    participation: Participation
    options: Options
    """Delivery options of the planned week."""
    access: Access
    weeks: Weeks

    def light(self, network: Network) -> Prepared:
        """The same for a network that differs only in pathways, payers, demand or scanners."""
        path = pathway(network)
        access = dataclasses.replace(
            self.access,
            scanners=_scanners(network, path),
            scanner_rate_per_day=_rates(network),
            scanner_from=_scanner_from(network, self.calendar),
        )
        return dataclasses.replace(self, network=network, path=path, access=access)


def prepare(network: Network, reference: Reference) -> Prepared:
    """Decide participation, build the options and the weekly models of a network."""
    path, days = pathway(network), calendar_of(network)
    sites = site_catchment(network, float(path.max_km[:, path.gate("reach")].max()))
    terms, participation = taking_part(network, reference, path, sites)
    listed = listed_from(network, days.origin)
    active = participation.offers & (listed < days.horizon_day)[:, :, None]
    weeks = weeks_of(
        network,
        days,
        nuclides=reference.nuclides,
        offers=participation.offered(network),
        nights=nights_by_product(terms.stays),
        use_factors=use_factors(network, reference),
        typical=_typical(expected_doses(network, path, sites, active)),
    )
    return Prepared(
        network=network,
        reference=reference,
        path=path,
        calendar=days,
        terms=terms,
        participation=participation,
        options=weeks.kinds[0].options,
        access=Access(
            sites=sites,
            scanners=_scanners(network, path),
            scanner_rate_per_day=_rates(network),
            scanner_from=_scanner_from(network, days),
            offers=participation.offers,
            listed_from=listed,
            blocked=weeks.blocked(),
        ),
        weeks=weeks,
    )


def taking_part(
    network: Network, reference: Reference, path: Pathway, sites: Catchment
) -> tuple[Terms, Participation]:
    """On what terms doses come, and who offers them then."""
    days, terms = calendar_of(network), terms_of(network, reference)
    listed = listed_from(network, days.origin) < days.horizon_day
    return terms, participate(network, reference.rulebook, path, sites, terms=terms, listed=listed)


def _typical(doses: Floats) -> Ints:
    """Orders of an expected week by site, product and kind, two continuing ones for each new."""
    orders = np.rint(doses.sum(axis=2)).astype(np.int64)
    new = orders // 3
    return np.stack([new, orders - new], axis=-1)


def _scanners(network: Network, path: Pathway) -> tuple[Catchment, ...]:
    reach = path.max_km[:, path.gate("scanner_reach")]
    return tuple(
        scanner_catchment(network, row.product, float(reach[at]))
        for at, row in enumerate(network.rows(Product))
    )


def _scanner_from(network: Network, days: Calendar) -> Floats:
    """Day from which each scanner row may be used; the last entry stands for no scanner. [d]"""
    return np.append(usable_from(network, days.origin), np.inf)


def _rates(network: Network) -> Floats:
    """Slots a day of each scanner row; a closed one has a rate that nobody lives to see. [1/d]"""
    rates: Floats = np.maximum(slots_per_week(network) / 7.0, 1e-9)
    return rates
