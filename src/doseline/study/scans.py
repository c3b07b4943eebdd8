"""What the scans that open a therapy pay: each scan and its tracer are flows, too, priced by rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from doseline.model.demand import Payer
from doseline.model.treatment import Scanner, Tracer
from doseline.rules import Flow
from doseline.study.ledger import SMALLEST_CELL
from doseline.study.money import MONEY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from doseline.model.network import Network
    from doseline.rules import RuleBook
    from doseline.simulate.pathway import Ints

_BQ_PER_GBQ = 1e9
_KEYS = ("tracer", "product", "payer")
_WAY = ("party_from", "party_to", "what")
SCAN_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    **dict.fromkeys(_KEYS, pl.String),
    "scans": pl.Int64,
    **dict.fromkeys(_WAY, pl.String),
    "amount": MONEY,
    "currency": pl.String,
    "assumption": pl.Boolean,
}


def scan_money_frame(
    network: Network, rulebook: RuleBook, asked: Ints, *, day: date
) -> pl.DataFrame:
    """Who pays whom for the scans of the cohort, columns of ``SCAN_SCHEMA``.

    Counts and amounts of groups under 11 people are null. Scans are priced whose tracer names a
    service of the rulebook and whose scanner says what kind of place it stands at.

    Args:
        network: Tracers, scanners, payers.
        rulebook: What is paid.
        asked: Patients of the cohort who asked for a scan, shape (scanner, payer).
        day: Day of service whose rules count.
    """
    rows = list(_rows(network, rulebook, asked, day))
    if not rows:
        return pl.DataFrame(schema=SCAN_SCHEMA)
    schema = {name: kind for name, kind in SCAN_SCHEMA.items() if name != "currency"}
    paid = pl.DataFrame(rows, schema=schema, orient="row")
    grouped = paid.group_by(*_KEYS, *_WAY, maintain_order=True).agg(
        pl.col("scans", "amount").sum(), pl.col("assumption").any()
    )
    shown = pl.col("scans") >= SMALLEST_CELL
    return grouped.with_columns(
        pl.when(shown).then("scans").alias("scans"),
        pl.when(shown).then("amount").alias("amount"),
        pl.lit(rulebook.currency).alias("currency"),
    ).select(pl.col(name).cast(kind) for name, kind in SCAN_SCHEMA.items())


def _rows(
    network: Network, rulebook: RuleBook, asked: Ints, day: date
) -> Iterator[tuple[object, ...]]:
    """One row a scanner, payer and payment: what all its scans pay."""
    tracers, payers = network.by_key(Tracer), network.rows(Payer)
    for at, scanner in enumerate(network.rows(Scanner)):
        tracer = tracers[scanner.tracer]
        if not (tracer.scan_code and scanner.setting):
            continue
        for at_payer, payer in enumerate(payers):
            scans = int(asked[at, at_payer])
            if not scans:
                continue
            for flow in scan_flows(tracer, scanner, payer, day):
                for one in rulebook.pay(flow):
                    yield (
                        *(tracer.tracer, scanner.product, payer.payer, scans),
                        *(one.party_from, one.party_to, one.what),
                        *(scans * one.amount, one.decision.rests_on_assumption),
                    )


def scan_flows(tracer: Tracer, scanner: Scanner, payer: Payer, day: date) -> tuple[Flow, ...]:
    """A scan as the rulebook sees it: the service, and the tracer where it has a code of its own."""
    activity_bq = (tracer.activity_gbq or 0.0) * _BQ_PER_GBQ
    return tuple(
        Flow(
            code=code,
            activity_bq=given_bq,
            service_date=day,
            payer=payer.segment,
            setting=scanner.setting or "",
            contract=payer.contract if code == tracer.code else "",
            cover=payer.cover,
        )
        for code, given_bq in ((tracer.scan_code, 0.0), (tracer.code, activity_bq))
        if code
    )
