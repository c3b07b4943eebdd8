"""Ceilings: up to which price each party takes part in a network's products, and who binds."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from doseline.errors import BadInputError
from doseline.model.supply import Product
from doseline.pay.ceilings import Ceilings
from doseline.rules.errors import nearest
from doseline.study.ceilings_curve import curve_of
from doseline.study.ceilings_floor import floors
from doseline.study.ceilings_frames import Found, frames_of
from doseline.study.ceilings_market import market_of, segments_of
from doseline.study.ceilings_sites import choices_of
from doseline.study.expected import wanted_doses

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from doseline.model.network import Network
    from doseline.study.ceilings_market import Market
    from doseline.study.reference import Reference


class UnsoldProductError(BadInputError):
    """A product that the network does not have, or one that nobody could sell."""

    def __init__(self, product: str, products: Sequence[str]) -> None:
        self.product, self.products = product, tuple(products)
        super().__init__(
            f"There is no product {product!r} with a price of its own in this network. "
            f"{nearest(product, products)}"
        )


class NothingSoldError(BadInputError):
    """No product of a network is sold."""

    def __init__(self) -> None:
        super().__init__(
            "No product of this network is sold: all come from hospitals' own lines or from "
            "trials. Name one of a trial with --product, to ask as if it were sold."
        )


def ceilings(
    network: Network,
    reference: Reference,
    *,
    products: Sequence[str] = (),
    able: float = 0.5,
    nights: int | None = None,
    told: Callable[[str, int, int], None] | None = None,
) -> Ceilings:
    """Ceilings, curves and choices of a network.

    Args:
        network: A checked network.
        reference: Nuclides and rulebook, what-ifs included.
        products: Products to ask about; all that are sold, if none is named.
        able: Share of patients who must be able to pay, for patients to take part. [unitless]
        nights: Nights in hospital of every patient; none: as the release rules ask. [d]
        told: Told of each product that is done.

    Raises:
        UnsoldProductError: If a product is not there or is made by hospitals themselves.
        NothingSoldError: If no product is sold and none is named.
    """
    market = market_of(network, reference, able=Decimal(str(able)), nights=nights)
    chosen = _products(market, products)
    wanted = wanted_doses(network)
    found = []
    for number, product in enumerate(chosen):
        if told is not None:
            told("stage_ceilings", number, len(chosen))
        found.append(_find(market, product, wanted[product.product]))
    if told is not None:
        told("stage_ceilings", len(chosen), len(chosen))
    return Ceilings(
        day=market.terms.day,
        currency=network.settings.currency,
        rulebook=market.book.name,
        what_if=market.book.patches,
        able=able,
        prices={one.product.product: float(one.product.price) for one in found},
        **frames_of(market, found),
    )


def _find(market: Market, product: Product, doses_a_week: float) -> Found:
    segments = segments_of(market, product)
    return Found(
        product=product,
        segments=segments,
        points=curve_of(market, segments) if segments else (),
        choices=tuple(
            (when, choices_of(market, segments, sold=when == "after", price=product.price))
            for when in ("before", "after")
            if segments
        ),
        floor=floors(market.network, market.reference.nuclides, product, doses_a_week),
    )


def _products(market: Market, names: Sequence[str]) -> list[Product]:
    channel = market.terms.channel
    could = {
        one.product: one
        for one in market.network.rows(Product)
        if channel[one.product] != "in_house" and one.hcpcs
    }
    for name in names:
        if name not in could:
            raise UnsoldProductError(name, list(could))
    sold = [name for name in could if channel[name] == "commercial"]
    if not names and not sold:
        raise NothingSoldError
    return [could[name] for name in dict.fromkeys(names or sold)]
