"""Who pays whom for the doses of the planned week: by rule where a rule exists, else as stated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from doseline.model.demand import Cost, Payer
from doseline.model.ledger import PARTIES
from doseline.model.supply import Product
from doseline.model.treatment import Site
from doseline.study.participation import payments

if TYPE_CHECKING:
    from doseline.model.flows import Plan
    from doseline.model.network import Network
    from doseline.rules import Payment
    from doseline.study.reference import Reference

MONEY = pl.Decimal(38, 2)

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


def payment_frame(network: Network, reference: Reference, delivered: pl.DataFrame) -> pl.DataFrame:
    """Every payment for every dose infused, columns of ``PAYMENT_SCHEMA``.

    Doses alike to the rules (product, payer, setting, locality) are decided once.
    """
    infused = delivered.filter(pl.col("ending").is_in(["infused", "infused_late"]))
    settings = pl.DataFrame(
        [(site.site, site.setting, site.locality) for site in network.rows(Site)],
        schema=dict.fromkeys(("site", "setting", "locality"), pl.String),
        orient="row",
    )
    kinds = infused.select("order", "product", "payer", "site").join(settings, on="site")
    products, payers = network.by_key(Product), network.by_key(Payer)
    day = network.settings.plan_week
    frames = [pl.DataFrame(schema=PAYMENT_SCHEMA)]
    groups = kinds.group_by("product", "payer", "setting", "locality", maintain_order=True).agg(
        pl.col("order").sort()
    )
    for group in groups.iter_rows(named=True):
        paid = payments(
            reference.rulebook,
            products[group["product"]],
            payers[group["payer"]].segment,
            group["setting"],
            day,
            locality=group["locality"],
        )
        one = pl.DataFrame(
            [_payment_row(each) for each in paid], schema_overrides={"amount": MONEY}
        )
        who = pl.DataFrame({"order": group["order"]}).with_columns(
            pl.lit(group["product"]).alias("product"), pl.lit(group["payer"]).alias("payer")
        )
        frames.append(who.join(one, how="cross").select(list(PAYMENT_SCHEMA)))
    return pl.concat(frames)


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
    of a stated price (assumption).
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
    made = plan.flows.filter(pl.col("line").is_not_null())
    rates = network.frame("batches").select("batch", "fixed_cost", "dose_cost")
    opened = plan.batches.filter(pl.col("open")).join(rates, on="batch")
    runs = _sum(opened["fixed_cost"])
    vials = _sum(opened["dose_cost"].cast(pl.Float64) * opened["doses"])
    isotope = _sum(plan.lots["cost"])
    carriage = _sum(made["cost"]) - vials
    infused = delivered.filter(pl.col("ending").is_in(["infused", "infused_late"]))
    rows: list[tuple[str, str, float]] = [
        ("maker", "batches", -runs),
        ("outside", "batches", runs),
        ("maker", "vials", -vials),
        ("outside", "vials", vials),
        ("maker", "isotope", -isotope),
        ("isotope_supplier", "isotope", isotope),
        ("maker", "carriage", -carriage),
        ("carrier", "carriage", carriage),
        ("developer", "making", -(runs + vials + isotope + carriage)),
        ("maker", "making", runs + vials + isotope + carriage),
    ]
    for cost in network.rows(Cost):
        spent = cost.amount * _count(cost, infused, made)
        rows += [(cost.party, cost.item, -spent), ("outside", cost.item, spent)]
    return pl.DataFrame(
        rows, schema={"party": pl.String, "item": pl.String, "amount": pl.Float64}, orient="row"
    ).with_columns(pl.col("amount").round(2))


def _count(cost: Cost, infused: pl.DataFrame, made: pl.DataFrame) -> int:
    """How often an item was spent in the week; a hospital spends nothing on a dose that never came."""
    of = made if cost.per == "dose" and cost.party != "hospital" else infused
    if cost.product is not None:
        of = of.filter(pl.col("product") == cost.product)
    if cost.per == "episode":
        of = of.filter(pl.col("kind") == "new")
    return of["site"].n_unique() if cost.per == "site_week" else of.height


def _sum(values: pl.Series) -> float:
    return float(values.cast(pl.Float64).sum())
