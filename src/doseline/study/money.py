"""Who pays whom for the doses of the planned week: by rule where a rule exists, else as stated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from doseline.model.demand import Payer
from doseline.model.ledger import PARTIES
from doseline.model.supply import Product
from doseline.model.treatment import Site
from doseline.rules import Charge, charged
from doseline.study.fees import cancellation_fees, promise_fees
from doseline.study.outlays import outlays
from doseline.study.participation import dose_flow
from doseline.study.terms import terms_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from doseline.model.flows import Plan
    from doseline.model.network import Network
    from doseline.rules import Flow, Payment
    from doseline.study.reference import Reference
    from doseline.study.terms import Terms

MONEY = pl.Decimal(38, 2)
_OF_ORDER = ("order", "product", "payer")

PAYMENT_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "order": pl.String,
    "product": pl.String,
    "payer": pl.String,
    "party_from": pl.String,
    "party_to": pl.String,
    "what": pl.String,
    "amount": MONEY,
    "currency": pl.String,
    "rule": pl.String,
    "explanation": pl.String,
    "explanation_zh": pl.String,
    "assumption": pl.Boolean,
    "confidence": pl.String,
}


def payment_frame(
    network: Network,
    reference: Reference,
    delivered: pl.DataFrame,
    *,
    fees: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Every payment for every dose infused, moved or called off, columns of ``PAYMENT_SCHEMA``.

    Doses alike to the rules (product, payer, kind of site) from one line are decided once.

    Args:
        network: Prices and ladders.
        reference: Rules.
        delivered: Doses of the planned week.
        fees: Those of the plan for promises that it does not keep; none without it.
    """
    terms = terms_of(network, reference)
    infused = delivered.filter(pl.col("ending").is_in(["infused", "infused_late"]))
    sites, products = network.by_key(Site), network.by_key(Product)
    payers, currency = network.by_key(Payer), reference.rulebook.currency
    frames = [pl.DataFrame(schema=PAYMENT_SCHEMA)]
    alike = infused.group_by("product", "payer", "site", "line", maintain_order=True)
    decided: dict[Flow, pl.DataFrame] = {}
    for group in alike.agg(pl.col("order").sort()).iter_rows(named=True):
        product, site = products[group["product"]], sites[group["site"]]
        cost = terms.cost_from(group["line"], product, site.site)
        flow = dose_flow(terms, product, payers[group["payer"]], site, cost)
        if flow not in decided:
            decided[flow] = _payment_rows(reference.rulebook.pay(flow))
        bought = supply_charge(terms, product, site.site, group["line"], currency)
        stated = _payment_rows([charged(one, currency=currency) for one in bought])
        frames.append(_paid_for(group, pl.concat([decided[flow], stated])))
    frames += [
        _paid_for({**row, "order": [row["order"]]}, _payment_rows([fee]))
        for row, fee in (
            *cancellation_fees(network, terms, delivered, currency),
            *(() if fees is None else promise_fees(network, fees, delivered, currency)),
        )
    ]
    return pl.concat(frames)


def supply_charge(
    terms: Terms, product: Product, site: str, line: str, currency: str
) -> tuple[Charge, ...]:
    """What the hospital pays for a dose of a line: the price, a transfer at cost, or nothing."""
    amount = terms.cost_from(line, product, site)
    owner = terms.owner[line]
    if owner == site or not amount:
        return ()
    column = terms.price_column(product, site)
    price = f"products.{product.product}.{column} ({product.evidence})"
    return (
        Charge(
            party_from="hospital",
            party_to="developer" if owner is None else "hospital",
            what="dose" if owner is None else "transfer",
            amount=amount,
            currency=currency,
            source=price if owner is None else f"lines.{line}, expected cost of a dose",
        ),
    )


def _paid_for(group: dict[str, Any], paid: pl.DataFrame) -> pl.DataFrame:
    """Payments of a group of orders that are alike."""
    who = pl.DataFrame({"order": group["order"]}).with_columns(
        pl.lit(group["product"]).alias("product"), pl.lit(group["payer"]).alias("payer")
    )
    return who.join(paid, how="cross").select(list(PAYMENT_SCHEMA))


def _payment_rows(paid: Iterable[Payment]) -> pl.DataFrame:
    schema = {name: kind for name, kind in PAYMENT_SCHEMA.items() if name not in _OF_ORDER}
    return pl.DataFrame([_payment_row(each) for each in paid], schema=schema)


def _payment_row(payment: Payment) -> dict[str, object]:
    decision = payment.decision
    return {
        "party_from": payment.party_from,
        "party_to": payment.party_to,
        "what": payment.what,
        "amount": payment.amount,
        "currency": decision.unit,
        "rule": decision.rule,
        "explanation": decision.explanation.en,
        "explanation_zh": decision.explanation.zh,
        "assumption": decision.rests_on_assumption,
        "confidence": decision.confidence,
    }


def money_frame(
    network: Network, plan: Plan, delivered: pl.DataFrame, paid: pl.DataFrame
) -> pl.DataFrame:
    """party, item, amount, currency: received is positive, spent negative; sums to zero with outside.

    Items that no payment states (batches, vials, isotope, carriage, the hospital's own work) come
    from the network's tables. The developer pays the maker what making and carriage cost, for want
    of a stated price (assumption); a hospital bears them for the line that it runs.
    """
    flows = [
        paid.select("party_to", "what", "amount").rename({"party_to": "party", "what": "item"}),
        paid.select("party_from", "what", -pl.col("amount")).rename(
            {"party_from": "party", "what": "item"}
        ),
        _own_costs(network, plan, delivered),
    ]
    total = pl.concat([frame.cast({"amount": MONEY}) for frame in flows])
    order = pl.Enum([*PARTIES, "outside"])
    return (
        total.group_by("party", "item")
        .agg(pl.col("amount").sum())
        .with_columns(pl.lit(network.settings.currency).alias("currency"))
        .sort(pl.col("party").cast(order), "item")
    )


def _own_costs(network: Network, plan: Plan, delivered: pl.DataFrame) -> pl.DataFrame:
    rows = []
    for one in outlays(network, plan, delivered):
        rows += [(one.party_from, one.item, -one.amount), (one.party_to, one.item, one.amount)]
    return pl.DataFrame(
        rows, schema={"party": pl.String, "item": pl.String, "amount": pl.Float64}, orient="row"
    ).with_columns(pl.col("amount").round(2))
