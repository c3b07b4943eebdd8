"""Payment decisions of many doses at once, against deciding them one by one.

Run as ``python -m benchmarks.rules [--quick]``. One core; the part that is decided one by one must
be decided alike.
"""

from __future__ import annotations

import os
import sys
from datetime import date, timedelta
from decimal import Decimal

# Before polars starts its threads.
os.environ["POLARS_MAX_THREADS"] = "1"

import numpy as np
import polars as pl
from benchmarks.rows import Row, best_of, on_one_core, tell

from doseline.io.rulebooks import load_rulebook
from doseline.rules import Flow, decide_many, pay_many

PEER = "RuleBook, one by one"
PAYERS = ("medicare_ffs", "medicare_advantage", "commercial", "medicaid", "uninsured")
CONTRACTS = ("", "asp", "awp", "charges")
COVERS = ("", "medigap")
SITES = 30
"""Sites, each with a price list of its own."""
REPEATS = 3


def main(*, quick: bool) -> None:
    """Print the rows."""
    on_one_core()
    flows, sample = (1_000, 50) if quick else (1_000_000, 2_000)
    book, table = load_rulebook("us"), doses(flows)
    one_by_one = [Flow(**fields) for fields in table.head(sample).iter_rows(named=True)]

    decided, spent = best_of(REPEATS, lambda: decide_many(book, "payer.drug", table))
    alone, slow = best_of(1, lambda: [book.decide("payer.drug", one) for one in one_by_one])
    assert all(decided.of(at) == one for at, one in enumerate(alone))

    paid, spent_paying = best_of(REPEATS, lambda: pay_many(book, table))
    paid_alone, slow_paying = best_of(1, lambda: [book.pay(one) for one in one_by_one])
    assert all(paid.of(at) == one for at, one in enumerate(paid_alone))
    tell(
        Row(
            what=f"{what}, {flows:,} doses",
            figure=flows / seconds,
            unit="doses/s",
            ratio=theirs / sample / (seconds / flows),
            peer=PEER,
        )
        for what, seconds, theirs in (
            ("decisions of decide_many", spent, slow),
            ("all payments of pay_many", spent_paying, slow_paying),
        )
    )


def doses(count: int) -> pl.DataFrame:
    """Doses of both drugs, of all payers, covers and contracts, at sites of their own, over two years."""
    rng = np.random.default_rng(1)
    first = date(2025, 1, 1)
    days = [first + timedelta(days=at) for at in range(700)]
    site, payer = rng.integers(0, SITES, count), rng.choice(PAYERS, count)
    contract = np.where(payer == "commercial", rng.choice(CONTRACTS, count), "")
    lists = pl.Series(
        [Decimal(150_000 + 2_500 * at) for at in range(SITES)], dtype=pl.Decimal(38, 2)
    )
    charge = pl.DataFrame({"charge": lists.gather(site), "contract": contract}).select(
        pl.when(contract="charges").then("charge")
    )
    return pl.DataFrame(
        {
            "code": rng.choice(["A9607", "A9513"], count),
            "activity_bq": rng.choice([7.4e9, 5.9e9, 5.92e9, 3.7e9], count),
            "service_date": pl.Series(days).gather(rng.integers(0, len(days), count)),
            "payer": payer,
            "setting": np.array(["academic", "community", "office"])[site % 3],
            "contract": contract,
            "cover": np.where(payer == "medicare_ffs", rng.choice(COVERS, count), ""),
            "charge": charge.to_series(),
            "discount": site % 2 == 0,
        }
    )


if __name__ == "__main__":
    main(quick="--quick" in sys.argv)
