"""Expected volumes: doses a week at each site, before anything is simulated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doseline.model.ordering import Listing
from doseline.model.supply import Licence, Product
from doseline.model.treatment import Site
from doseline.simulate.cohort import incidence_of
from doseline.simulate.pathway import expected_cycles, pathway
from doseline.study.catchments import site_catchment

if TYPE_CHECKING:
    from datetime import date

    from doseline.model.network import Network
    from doseline.simulate.catchment import Catchment
    from doseline.simulate.pathway import Bools, Floats, Pathway


def expected_doses(network: Network, path: Pathway, sites: Catchment, offers: Bools) -> Floats:
    """Expected doses a week, shape (site, product, payer), if each patient finds a place.

    Those who cannot pay or are finally denied are left out.
    """
    starts = expected_starts(network, path)
    share = np.diff(path.payer_shares, axis=1, prepend=0.0)
    share = share * (1.0 - path.cannot_pay) * (1.0 - path.denied)
    weight = np.where(sites.places >= 0, sites.size[sites.places] / (sites.km + 20.0), 0.0)
    doses = np.zeros(offers.shape)
    cycles = [expected_cycles(*each) for each in zip(path.continues, path.cycles_max, strict=True)]
    for product in range(offers.shape[1]):
        near = weight * (sites.km <= path.max_km[product, path.gate("reach")])
        for payer in range(offers.shape[2]):
            taken = near * offers[sites.places, product, payer]
            total = taken.sum(axis=1, keepdims=True)
            split = np.divide(taken, total, out=np.zeros_like(taken), where=total > 0)
            flow = split * starts[:, product, None] * share[product, payer] * cycles[product]
            np.add.at(doses[:, product, payer], sites.places, flow)
    return doses


def wanted_doses(network: Network) -> dict[str, float]:
    """Expected doses of each product a week, if every site with a licence offers it. [1/week]"""
    path = pathway(network)
    sites = site_catchment(network, float(path.max_km[:, path.gate("reach")].max()))
    licensed = licensed_sites(network, network.settings.plan_week)
    offers = np.repeat(licensed[:, :, None], path.payer_shares.shape[1], axis=2)
    doses = expected_doses(network, path, sites, offers).sum(axis=(0, 2))
    return dict(zip(network.frame("products")["product"], doses.tolist(), strict=True))


def reaching_per_year(network: Network) -> dict[str, float]:
    """Patients of each product who pass all gates up to the choice of a site. [1/year]"""
    starts = expected_starts(network, pathway(network)).sum(axis=0) * (365.25 / 7.0)
    return dict(zip(network.frame("products")["product"], starts.tolist(), strict=True))


def licensed_sites(network: Network, day: date) -> Bools:
    """Whether a site may treat with a product's nuclide on a day, shape (site, product)."""
    held = {
        (row.holder, row.nuclide)
        for row in network.rows(Licence)
        if row.operation == "treat" and row.valid_from <= day <= row.valid_until
    }
    products = network.rows(Product)
    return np.array(
        [[(site.site, item.nuclide) in held for item in products] for site in network.rows(Site)]
    )


def listed_from(network: Network, origin: date) -> Floats:
    """Day from which a site may use and charge a product, shape (site, product). [d]

    The latest of its steps; infinite if one is not done, minus infinite if it needs none.

    Args:
        network: The network.
        origin: Day 0.
    """
    sites = {site.site: at for at, site in enumerate(network.rows(Site))}
    products = {row.product: at for at, row in enumerate(network.rows(Product))}
    day = np.full((len(sites), len(products)), -np.inf)
    for row in network.rows(Listing):
        steps = row.hospital_listing, row.procurement, row.service_item, row.drug_filing
        done = [float((step - origin).days) for step in steps if step is not None]
        at = sites[row.site], products[row.product]
        day[at] = max(done) if len(done) == len(steps) else np.inf
    return day


def expected_starts(network: Network, path: Pathway) -> Floats:
    """Patients a week who reach the choice of a site, shape (region, product)."""
    product, region, per_year = incidence_of(network)
    starts = np.zeros((network.frame("regions").height, network.frame("products").height))
    np.add.at(starts, (region, product), per_year * 7.0 / 365.25)
    passed = path.passes.prod(axis=1)[:, path.rural.astype(np.int64)].T
    reaching: Floats = starts * passed
    return reaching
