"""Ceilings found the slow way: prices tried one by one, payments asked for one by one.

Nothing here knows how the engine finds a ceiling. A hospital takes part at a price if what it
receives for a dose, less that price and its own work, is at least the network's minimum margin. A
hospital with a line of its own goes on buying as long as that leaves it no less than its own dose.
Patients take part while enough of them can pay. A list takes prices up to its pattern.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, TypeAlias

from tests.pay.ceilings_worlds import PRODUCT, TWIN, Rules, World, reference_of

from doseline.model.demand import Cost, Payer
from doseline.model.supply import Batch, Line, Product
from doseline.model.treatment import Site
from doseline.rules import Flow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from doseline.rules import Channel

Check: TypeAlias = Callable[[Decimal], bool]
"""Whether somebody takes part at a price."""

CENT = Decimal("0.01")
TOP = Decimal(100_000_000)
"""Highest price tried; a party that takes part there has no ceiling. [currency]"""
_STEPS = 25
_NEAR = 12


@dataclass(frozen=True, slots=True)
class Kind:
    """Patients of one payer at one site of a world."""

    world: World
    site: Site
    payer: Payer
    product: Product
    work: Decimal
    """What an infusion costs the hospital beside the dose. [currency]"""
    own_work: Decimal
    """The same for a dose of its own. [currency]"""

    def pays(self, price: Decimal) -> Decimal:
        """What the site itself pays where the product has a price. [currency]"""
        if not self.site.discount or self.product.discount_price is None:
            return price
        return price * self.product.discount_price / self.product.price

    def flow(self, paid: Decimal, *, channel: Channel = "commercial") -> Flow:
        """A dose that costs the hospital so much."""
        product, charge = self.product, None
        if self.site.charge_multiple is not None:
            listed = paid * product.price / self.pays(product.price)
            charge = cents(listed * Decimal(str(self.site.charge_multiple)))
        return Flow(
            code=product.hcpcs,
            activity_bq=product.activity_gbq * 1e9,
            service_date=self.world.network.settings.plan_week,
            payer=self.payer.segment,
            setting=self.site.setting,
            locality=self.site.locality,
            channel=channel,
            nights=self.world.nights,
            price=paid,
            contract=self.payer.contract,
            cover=self.payer.cover,
            charge=charge,
            discount=self.site.discount,
        )


def kinds(world: World) -> list[Kind]:
    """Every site and payer of a world."""
    network = world.network
    item = network.by_key(Product)[PRODUCT]
    work, own_work = work_of(world, PRODUCT), work_of(world, TWIN)
    return [
        Kind(world, site, payer, item, work, own_work)
        for site in network.rows(Site)
        for payer in network.rows(Payer)
    ]


def cents(amount: Decimal) -> Decimal:
    """Whole cents, halves up."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


@functools.lru_cache(maxsize=200_000)
def money(rules: Rules, flow: Flow) -> tuple[Decimal, Decimal, Decimal]:
    """What the hospital gets, what of it is for the dose, and what the patient pays. [currency]"""
    gets = dose = share = Decimal(0)
    for one in reference_of(rules).rulebook.pay(flow):
        gets += one.amount * ((one.party_to == "hospital") - (one.party_from == "hospital"))
        share += one.amount * ((one.party_from == "patient") - (one.party_to == "patient"))
        if one.party_to == "hospital" and one.what in {"drug", "drug_supplement"}:
            dose += one.amount
    return gets, dose, share


def doses_a_course(product: Product) -> float:
    """Mean doses of a course in which the same share goes on after each. [1]"""
    given, going = 0.0, 1.0
    for _ in range(product.cycles_max):
        given += going
        going *= product.continue_percent / 100.0
    return given


def work_of(world: World, product: str) -> Decimal:
    """What an infusion costs a hospital beside the dose. [currency]"""
    item = world.network.by_key(Product)[PRODUCT]
    spent = Decimal(0)
    for row in world.network.rows(Cost):
        if row.party == "hospital" and row.product in {None, product}:
            if row.per in {"dose", "infusion"}:
                spent += Decimal(str(row.amount))
            elif row.per == "episode":
                spent += Decimal(str(row.amount)) / Decimal(str(doses_a_course(item)))
    return spent


def left(kind: Kind, paid: Decimal) -> Decimal:
    """What a bought dose leaves the hospital. [currency]"""
    return money(kind.world.rules, kind.flow(paid))[0] - paid - kind.work


def makes(kind: Kind) -> bool:
    """Whether the site has a line of its own for the dose."""
    network = kind.world.network
    mine = {row.line for row in network.rows(Line) if row.owner == kind.site.site}
    return any(row.line in mine and row.product == TWIN for row in network.rows(Batch))


def left_by_making(kind: Kind, cost: Decimal) -> Decimal:
    """What a dose of its own leaves the hospital. [currency]"""
    gets, _, _ = money(kind.world.rules, kind.flow(cost, channel="in_house"))
    return gets - cost - kind.own_work


def can_pay(kind: Kind, paid: Decimal) -> float:
    """Share of patients who can pay what a dose asks of them. [1]"""
    cannot = kind.payer.cannot_pay_percent / 100.0
    _, _, now = money(kind.world.rules, kind.flow(kind.pays(kind.product.price)))
    _, _, then = money(kind.world.rules, kind.flow(paid))
    if cannot >= 1.0:
        return 0.0
    return math.pow(1.0 - cannot, float(then / now) if now > 0 else 1.0)


def listed(kind: Kind) -> Decimal | None:
    """The most that basic insurance would take for a dose. [currency]"""
    book = kind.world.book
    if book.name != "cn" or kind.payer.segment not in {"employee_nrdl", "resident_nrdl"}:
        return None
    flow = kind.flow(kind.pays(kind.product.price))
    return book.decide("drug.standard", flow).value


def in_force(kind: Kind) -> bool:
    """Whether basic insurance lists the dose."""
    flow = kind.flow(kind.pays(kind.product.price))
    return kind.world.book.decide("drug.listed", flow).value == 1


def enough(kind: Kind, limit: str, *, able: float = 0.5, own: Decimal | None = None) -> Check:
    """Whether a party takes part at a price, by the name of its limit."""
    least = Decimal(str(kind.world.network.settings.minimum_margin))

    def own_dose(paid: Decimal) -> bool:
        return own is not None and left(kind, paid) >= left_by_making(kind, own)

    checks: dict[str, Check] = {
        "all_payments": lambda paid: left(kind, paid) >= least,
        "dose_payment": lambda paid: money(kind.world.rules, kind.flow(paid))[1] >= paid,
        "in_house_parity": own_dose,
        "can_pay": lambda paid: can_pay(kind, paid) >= able,
        "list_pattern": lambda paid: paid <= (listed(kind) or Decimal(0)),
    }
    return checks[limit]


def _prices() -> Iterator[Decimal]:
    """Prices that are tried: close together where doses cost, further apart above."""
    yield Decimal(0)
    for step in range(1, _STEPS + 1):
        yield Decimal(5000) * step
    price = Decimal(125_000)
    while price < TOP:
        yield price
        price = cents(price * Decimal("1.6"))
    yield TOP


def stretches(check: Check) -> list[tuple[Decimal, Decimal | None]]:
    """Prices, in whole cents, between which a party takes part; no end if it does at the top."""
    found: list[tuple[Decimal, Decimal | None]] = []
    begin: Decimal | None = None
    before = Decimal(-1)
    for price in _prices():
        holds = check(price)
        if holds and begin is None:
            begin = price if price == 0 else _edge(check, before, price)
        elif not holds and begin is not None:
            found.append((begin, _edge(check, price, before)))
            begin = None
        before = price
    if begin is not None:
        found.append((begin, None))
    return found


def _edge(check: Check, no: Decimal, yes: Decimal) -> Decimal:
    """The last price in whole cents, from one that is enough towards one that is not."""
    while abs(yes - no) > CENT:
        middle = ((yes + no) / 2).quantize(CENT, rounding=ROUND_DOWN)
        if middle in {yes, no}:
            break
        yes, no = (middle, no) if check(middle) else (yes, middle)
    towards = CENT if no > yes else -CENT
    near = [yes + towards * step for step in range(_NEAR)]
    return [price for price in near if price >= 0 and check(price)][-1]
