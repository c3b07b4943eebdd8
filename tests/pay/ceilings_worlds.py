"""Small networks around the tiny example for which ceilings are found twice."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias

import polars as pl
from tests.study.networks import rows_of, tiny, with_cells, with_settings

from doseline.study.reference import Reference, reference_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from doseline.model.network import Network
    from doseline.rules import RuleBook

Rules: TypeAlias = tuple[str, tuple[tuple[str, Decimal], ...]]

PRODUCT, TWIN = "lu-psma", "lu-psma-hp"


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A network, the nights that its patients stay, and what the rules are told otherwise."""

    network: Network
    nights: int = 0
    patches: tuple[tuple[str, Decimal], ...] = ()

    @property
    def rules(self) -> Rules:
        """Name of the rulebook and what it is told otherwise."""
        return self.network.settings.rulebook, self.patches

    @property
    def reference(self) -> Reference:
        """Nuclides and rules, what-ifs included."""
        return reference_of(self.rules)

    @property
    def book(self) -> RuleBook:
        """The rules."""
        return self.reference.rulebook


@functools.cache
def reference_of(rules: Rules) -> Reference:
    """Nuclides and rules by their name and patches."""
    name, patches = rules
    plain = reference_for(with_settings(tiny(), rulebook=name))
    return Reference(nuclides=plain.nuclides, rulebook=plain.rulebook.patched(dict(patches)))


def payers(network: Network, *rows: dict[str, object]) -> Network:
    """The network with other payers, each with an even share of the patients."""
    filler = {"denied_percent": 0.0, "median_days": 0.0, "p90_days": 0.0, "standard_days": 0.0}
    mix = [
        {"product": product, "payer": row["payer"], "share_percent": 100.0 / len(rows)}
        for product in network.frame("products")["product"]
        for row in rows
    ]
    named = [{**filler, "name": row["payer"], "cannot_pay_percent": 2.0, **row} for row in rows]
    return network.replace(
        payers=rows_of("payers", *named),
        payer_mix=rows_of("payer_mix", *mix),
        courses=network.frame("courses").clear(),
        orders=network.frame("orders").clear(),
        booked=network.frame("booked").clear(),
    )


def as_it_is() -> World:
    """The example."""
    return World(network=tiny())


def dear() -> World:
    """A price above what some pay, a cost of the whole course, and a margin that sites ask for."""
    network = with_cells(tiny(), "products", price=Decimal("58321.45"))
    network = with_settings(network, minimum_margin=137.5)
    costs = [
        {"item": "course", "party": "hospital", "per": "episode", "amount": Decimal("1234.5")},
        {"item": "guide", "party": "developer", "per": "episode", "amount": Decimal(900)},
    ]
    return World(
        network=network.replace(costs=pl.concat([network.frame("costs"), rows_of("costs", *costs)]))
    )


def contracts() -> World:
    """Every form of contract, other covers, an office and a price list."""
    network = payers(
        tiny(),
        {"payer": "ffs", "segment": "medicare_ffs", "cover": "medigap"},
        {"payer": "dual", "segment": "medicare_ffs", "cover": "medicaid"},
        {"payer": "asp", "segment": "commercial", "contract": "asp"},
        {"payer": "awp", "segment": "commercial", "contract": "awp"},
        {"payer": "invoice", "segment": "commercial", "contract": "invoice"},
        {"payer": "charges", "segment": "commercial", "contract": "charges"},
        {"payer": "aid", "segment": "medicaid", "contract": "invoice"},
        {"payer": "none", "segment": "uninsured", "cannot_pay_percent": 60.0},
    )
    network = with_cells(network, "sites", charge_multiple=2.5)
    return World(network=with_cells(network, "sites", {"site": "near"}, setting="office"))


def discounted() -> World:
    """One site buys under a public discount programme, at a price of its own."""
    network = with_cells(contracts().network, "products", discount_price=Decimal("30011.11"))
    return World(network=with_cells(network, "sites", {"site": "middle"}, discount=True))


def _china(network: Network) -> Network:
    network = with_settings(network, rulebook="cn", currency="CNY")
    network = with_cells(network, "products", hcpcs="LU-PSMA", price=Decimal(60000))
    network = with_cells(network, "sites", setting="tertiary_a", locality="zhejiang")
    network = with_cells(network, "sites", {"site": "near"}, locality="beijing")
    network = with_cells(network, "sites", {"site": "far"}, locality="guangzhou")
    return payers(
        network,
        {"payer": "employee", "segment": "employee_nrdl", "cannot_pay_percent": 4.0},
        {"payer": "resident", "segment": "resident_nrdl", "cannot_pay_percent": 12.0},
        {"payer": "plan", "segment": "commercial_list", "cannot_pay_percent": 20.0},
        {"payer": "city", "segment": "employee_nrdl", "cover": "city_insurance"},
        {"payer": "self", "segment": "self_pay", "cannot_pay_percent": 45.0},
    )


def unlisted() -> World:
    """China, a dose that basic insurance does not list: patients pay it."""
    return World(network=_china(tiny()), nights=1)


def outpatients() -> World:
    """The same without a night in hospital."""
    return World(network=_china(tiny()))


def listed() -> World:
    """The dose is listed: inside a package here, beside it there."""
    return World(network=_china(tiny()), nights=1, patches=(("nrdl.listed.lu_psma", Decimal(1)),))


def own_line(network: Network) -> Network:
    """Site Near makes the same dose on a line of its own; its way there costs 20."""
    product = network.frame("products").with_columns(
        product=pl.lit(TWIN), price=pl.lit(15000).cast(network.frame("products").schema["price"])
    )
    line = {
        "line": "near-l",
        "name": "Line of Near",
        "channel": "in_house",
        "owner": "near",
        "lat": 41.88,
        "lon": -87.63,
        "zone": "America/Chicago",
    }
    frames = {
        "products": pl.concat([network.frame("products"), product]),
        "lines": pl.concat([network.frame("lines"), rows_of("lines", line)]),
    }
    changed: dict[str, Callable[[pl.DataFrame], pl.DataFrame]] = {
        "batches": lambda frame: frame.with_columns(
            batch="own-" + pl.col("batch"), line=pl.lit("near-l"), product=pl.lit(TWIN)
        ),
        "lots": lambda frame: frame.with_columns(lot="own-" + pl.col("lot"), line=pl.lit("near-l")),
        "pathways": lambda frame: frame.with_columns(product=pl.lit(TWIN)),
        "tasks": lambda frame: frame.with_columns(product=pl.lit(TWIN)),
        "payer_mix": lambda frame: frame.with_columns(product=pl.lit(TWIN)),
        "licences": lambda frame: frame.filter(pl.col("licence") == "line-a-make").with_columns(
            licence=pl.lit("own-make"), holder=pl.lit("near-l")
        ),
        "lanes": lambda frame: frame.filter(pl.col("lane") == "line-a>near").with_columns(
            lane=pl.lit("near-l>near"),
            from_place=pl.lit("near-l"),
            cost=pl.lit(20).cast(frame.schema["cost"]),
        ),
    }
    for name, change in changed.items():
        frame = network.frame(name)
        frames[name] = pl.concat([frame, change(frame).cast(frame.schema)])
    return network.replace(**frames)


def makers() -> World:
    """China, listed, and one site that makes the dose itself."""
    world = listed()
    network = halved(own_line(without(world.network, "city")))
    return World(network=network, nights=1, patches=world.patches)


def without(network: Network, payer: str) -> Network:
    """The network without one payer, whose patients the others share."""
    mix = network.frame("payer_mix").filter(pl.col("payer") != payer)
    return network.replace(
        payers=network.frame("payers").filter(pl.col("payer") != payer),
        payer_mix=mix.with_columns(share_percent=100.0 / mix["payer"].n_unique()),
    )


def halved(network: Network) -> Network:
    """Half of the patients are counted under the twin."""
    half = network.frame("incidence").with_columns(pl.col("per_year") / 2)
    return network.replace(incidence=pl.concat([half, half.with_columns(product=pl.lit(TWIN))]))


def own_unlisted() -> World:
    """China, unlisted, and one site that makes the dose itself."""
    return World(network=halved(own_line(_china(tiny()))), nights=1)


def shared() -> World:
    """Every patient can go everywhere, and a site's week is dear: who leaves feeds the others."""
    network = with_cells(dear().network, "pathways", {"gate": "reach"}, max_km=6000.0)
    network = with_settings(network, minimum_margin=0.0)
    return World(network=with_cells(network, "costs", {"item": "suite"}, amount=5600.0))


WORLDS: dict[str, Callable[[], World]] = {
    one.__name__: one
    for one in (
        as_it_is,
        dear,
        contracts,
        discounted,
        unlisted,
        outpatients,
        listed,
        makers,
        own_unlisted,
        shared,
    )
}
