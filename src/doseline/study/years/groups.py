"""The account by groups of people: told so that a policy's effect on each can be seen.

Nothing allocates by them. Groups of fewer than 11 people are null.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from doseline.model.chance import uniform
from doseline.model.demand import Region
from doseline.model.years import PatientShare
from doseline.study.ledger import booked_cells, guarded

if TYPE_CHECKING:
    from doseline.model.chance import Keys
    from doseline.simulate.pathway import Ints
    from doseline.study.replicate import Replication
    from doseline.study.years.world import Years

_FIFTHS = 5


def groups_frame(years: Years, cohort: Replication) -> pl.DataFrame:
    """by, group, eligible, in_time, share, link, second: rural, fifths of deprivation, payers.

    ``by`` is ``rural`` (group 0 or 1), ``deprivation`` (group 1 least deprived to 5, 0 where the
    network states none) or ``payer`` (group: its row).

    Args:
        years: The network's years.
        cohort: The account.
    """
    regions = years.network.rows(Region)
    rural = np.array([int(one.rural) for one in regions], dtype=np.int64)
    ranks = [one.deprivation for one in regions]
    fifth = np.array(
        [0 if rank is None else min(int(rank * _FIFTHS), _FIFTHS - 1) + 1 for rank in ranks],
        dtype=np.int64,
    )
    payers = years.network.frame("payers").height
    parts = (
        ("rural", rural[cohort.region], 2),
        ("deprivation", fifth[cohort.region], _FIFTHS + 1),
        ("payer", cohort.payer, payers),
    )
    return pl.concat(_cells(by, of, count, cohort) for by, of, count in parts)


def _cells(by: str, group: Ints, count: int, cohort: Replication) -> pl.DataFrame:
    named = pl.DataFrame({"by": [by] * count, "group": np.arange(count)})
    return guarded(named.hstack(booked_cells([cohort], [group], count)))


def mix_frame(years: Years, cohort: Replication, keys: Keys) -> pl.DataFrame:
    """product, sex, age_from, eligible, in_time, share, link, second; empty without a mix.

    Sex and age are drawn for each patient from the table ``patient_mix``, apart from everything
    else: nothing that happens depends on them.

    Args:
        years: The network's years.
        cohort: The account.
        keys: Key of each of its patients.
    """
    rows = years.network.rows(PatientShare)
    products = years.network.frame("products")["product"].to_list()
    group = np.full(len(keys), len(rows))
    draw = uniform(cohort.seed, "sex and age", keys)
    for at, product in enumerate(products):
        mine = [number for number, row in enumerate(rows) if row.product == product]
        if not mine:
            continue
        shares = np.cumsum([rows[number].share_percent for number in mine])
        of = np.flatnonzero(cohort.product == at)
        pick = np.searchsorted(shares / shares[-1], draw[of], side="right")
        group[of] = np.array(mine)[np.minimum(pick, len(mine) - 1)]
    cells = booked_cells([cohort], [group], len(rows) + 1).head(len(rows))
    named = pl.DataFrame(
        {
            "product": [row.product for row in rows],
            "sex": [row.sex for row in rows],
            "age_from": [row.age_from for row in rows],
        },
        schema={"product": pl.String, "sex": pl.String, "age_from": pl.Int64},
    )
    return guarded(named.hstack(cells))
