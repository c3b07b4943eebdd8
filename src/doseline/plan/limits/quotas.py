"""Quotas: the published number of doses a week for new starts and for continuing courses.

Every row of table ``quotas`` is a limit of its own: the doses of the planned week with its product
and kind, at its site, at the sites of its state or province, or anywhere. There is none by payer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from doseline.model.demand import Region
from doseline.model.flows import Note
from doseline.model.ordering import Quota
from doseline.model.supply import Product
from doseline.model.treatment import Site

if TYPE_CHECKING:
    from doseline.model.network import Network

QUOTA = "quota"
"""Kind of the limit."""
_MOST_NOTES = 12
"""Quotas told one by one."""
_PAIRS = {"quota": pl.String, "site": pl.Int32, "product": pl.Int32, "kind_of_dose": pl.String}


def quota_limits(network: Network, groups: pl.DataFrame, usable: pl.DataFrame) -> pl.DataFrame:
    """Limits of all quotas, with the columns that use them.

    Args:
        network: Quotas, sites and regions.
        groups: With ``profile``, ``site``, ``product``, ``kind``.
        usable: option, site, product of the options that can be used.

    Returns:
        profile, option, kind, key, site (null if sites share it), most [doses], use.
    """
    pairs = _pairs(network)
    most = network.frame("quotas").select("quota", most=pl.col("doses_per_week").cast(pl.Float64))
    own = network.frame("quotas").select("quota", alone=pl.col("site").is_not_null())
    profiles = groups.select("profile", "site", "product", kind_of_dose="kind").unique()
    return (
        profiles.join(pairs, on=["site", "product", "kind_of_dose"])
        .join(most, on="quota")
        .join(own, on="quota")
        .join(usable.select("option", "site", "product"), on=["site", "product"])
        .select(
            "profile",
            "option",
            kind=pl.lit(QUOTA),
            key="quota",
            site=pl.when("alone").then("site"),
            most="most",
            use=pl.lit(1.0),
        )
    )


def quota_notes(network: Network) -> tuple[Note, ...]:
    """The published quotas, for the notes of a plan; nothing without quotas.

    What each quota gives is not told: it may be so few doses that they point at patients.
    """
    quotas = network.rows(Quota)
    if not quotas:
        return ()
    shown = [
        Note(
            key=f"quota_{row.kind}" + ("_at" if row.site or row.part_of else ""),
            values={
                "quota": row.quota,
                "doses": f"{row.doses_per_week}",
                "product": row.product,
                "place": row.site or row.part_of,
            },
        )
        for row in quotas[:_MOST_NOTES]
    ]
    more = len(quotas) - len(shown)
    told = [Note(key="quotas_more", values={"count": f"{more}"})] if more else []
    return (Note(key="quota_rule"), *shown, *told)


def _pairs(network: Network) -> pl.DataFrame:
    """quota, site, product (row numbers), kind_of_dose: whom each quota is about."""
    part_of = {region.region: region.part_of for region in network.rows(Region)}
    sites = [(row.site, part_of.get(row.region, "")) for row in network.rows(Site)]
    products = {row.product: number for number, row in enumerate(network.rows(Product))}
    rows = [
        (row.quota, number, products[row.product], row.kind)
        for row in network.rows(Quota)
        for number, (site, part) in enumerate(sites)
        if row.site in {None, site} and row.part_of in {"", part}
    ]
    return pl.DataFrame(rows, schema=_PAIRS, orient="row")
