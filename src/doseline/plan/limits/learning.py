"""How much longer a site that is new to a product takes for an infusion.

Minutes are the routine ones times 1 + (first - 1) 2^(-n / halving), n the doses that the site has
given (table ``experience``); a site without a row is past learning. The factor is that of the
first dose of the week and does not fall while it is planned.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import polars as pl

from doseline.model.opening import Experience
from doseline.model.treatment import Learning

if TYPE_CHECKING:
    from doseline.model.network import Network

FACTOR_SCHEMA = {"site": pl.Int32, "product": pl.Int32, "factor": pl.Float64}


def time_factor(*, first_percent: float, halving_doses: float, doses: int) -> float:
    """Time of an infusion as a multiple of the routine time. [unitless]

    Args:
        first_percent: Time of the very first infusion as a share of the routine time. [%]
        halving_doses: Infusions after which half of the excess is gone.
        doses: Infusions given so far.

    >>> time_factor(first_percent=200.0, halving_doses=10.0, doses=20)
    1.25
    """
    return 1.0 + (first_percent / 100.0 - 1.0) * math.exp2(-doses / halving_doses)


def time_factors(network: Network) -> pl.DataFrame:
    """site, product (row numbers), factor: who is still learning; everybody else has 1."""
    learning = network.by_key(Learning)
    sites = _numbers(network, "sites", "site")
    products = _numbers(network, "products", "product")
    rows = []
    for one in network.rows(Experience):
        curve = learning.get(one.product)
        if curve is None or one.site not in sites:
            continue
        factor = time_factor(
            first_percent=curve.first_percent, halving_doses=curve.halving_doses, doses=one.doses
        )
        if factor > 1.0:
            rows.append((sites[one.site], products[one.product], factor))
    return pl.DataFrame(rows, schema=FACTOR_SCHEMA, orient="row")


def _numbers(network: Network, table: str, column: str) -> dict[str, int]:
    """Row number of each name of a table."""
    return {name: number for number, name in enumerate(network.frame(table)[column])}
