"""The routes of entry of a network's product: its patients, its price, its calendars."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import TYPE_CHECKING, TypeAlias

from doseline.errors import BadInputError
from doseline.model.calendars import Holiday
from doseline.model.entry import EntryRoute, EntryStep, EntryTerms, EntryUse
from doseline.model.nearest import nearest
from doseline.model.supply import Product
from doseline.pay.entry import LISTED, UNLISTED, entry_told
from doseline.pay.entry_calendar import workdays
from doseline.pay.entry_route import Case, PriceOf
from doseline.simulate.pathway import expected_cycles, pathway
from doseline.study.expected import reaching_per_year

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from doseline.model.network import Network
    from doseline.pay.entry_calendar import Workdays
    from doseline.pay.entry_result import EntryTold

_Priced: TypeAlias = tuple[EntryUse, PriceOf | None]
"""A use, and where its price comes from if not from its own row."""

STAGE = "stage_pathway"
SAMPLES = 4000


class NoRoutesError(BadInputError):
    """A network describes no route of entry."""

    def __init__(self) -> None:
        super().__init__(
            "The network describes no route of entry. Fill in the tables entry_terms, "
            "entry_routes, entry_steps and entry_uses; 'doseline schema' describes them."
        )


class NoRoutesOfProductError(BadInputError):
    """A product is asked for that has no route of entry."""

    def __init__(self, product: str, known: Sequence[str]) -> None:
        self.product = product
        self.known = tuple(known)
        self.nearest = nearest(product, known)
        super().__init__(
            f"'{product}' has no route of entry in this network. Choose among: {', '.join(known)}."
        )


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a user gives in place of the network's figures; none: as the network says."""

    price: float | None = None
    """What the developer gets for a dose before a listing. [currency]"""
    listed_price: float | None = None
    """The same once listed. [currency]"""
    patients_per_year: float | None = None
    """Patients who pass the gates of the pathway. [1/year]"""


def entry_products(network: Network) -> list[str]:
    """Products of a network that have a route of entry, in the order of their terms."""
    with_routes = set(network.frame("entry_routes")["product"])
    return [one for one in network.frame("entry_terms")["product"] if one in with_routes]


def entry_of(
    network: Network,
    *,
    product: str | None = None,
    given: Given | None = None,
    samples: int = SAMPLES,
    told: Callable[[str, int, int], None] | None = None,
) -> EntryTold:
    """The routes of entry of a product, judged.

    Args:
        network: A checked network.
        product: Which product; the first that has a route, if none is named.
        given: Figures in place of the network's.
        samples: Draws of the uncertain figures.
        told: Told of each route that is judged.

    Raises:
        NoRoutesError: If the network has no routes.
        NoRoutesOfProductError: If the product has none.
        TooManyOutcomesError: If a route may come out in too many ways.
    """
    known = entry_products(network)
    if not known:
        raise NoRoutesError
    asked = known[0] if product is None else product
    if asked not in known:
        raise NoRoutesOfProductError(asked, known)
    evidence = network.frame("evidence")
    return entry_told(
        case_of(network, asked, given or Given()),
        currency=network.settings.currency,
        seed=network.settings.seed,
        samples=samples,
        kinds=dict(zip(evidence["evidence"], evidence["kind"], strict=True)),
        told=None if told is None else lambda done, steps: told(STAGE, done, steps),
    )


def case_of(network: Network, product: str, given: Given) -> Case:
    """What the routes of a product are judged on.

    Args:
        network: A checked network.
        product: A product that has terms and a route.
        given: Figures in place of the network's.
    """
    terms = next(row for row in network.rows(EntryTerms) if row.product == product)
    routes = tuple(row for row in network.rows(EntryRoute) if row.product == product)
    names = {row.route for row in routes}
    steps = [row for row in network.rows(EntryStep) if row.route in names]
    sold = network.by_key(Product)[product]
    priced = [
        _priced(row, sold, given, assumed=_is_assumed(network, sold))
        for row in network.rows(EntryUse)
        if row.route in names
    ]
    treated = terms.patients_of or product
    reaching = reaching_per_year(network)[treated]
    if given.patients_per_year is not None:
        reaching = given.patients_per_year
        terms = dataclasses.replace(
            terms, patients_percent=100.0, low_patients_percent=None, high_patients_percent=None
        )
    first = min(
        [*(row.starts for row in routes), *(row.not_before for row in steps if row.not_before)]
    )
    return Case(
        terms=terms,
        routes=routes,
        steps={name: [row for row in steps if row.route == name] for name in names},
        uses={name: [row for row, _ in priced if row.route == name] for name in names},
        workdays=_workdays(network, date(first.year, 1, 1)),
        patients_per_year=reaching,
        doses=_doses(network, treated),
        prices={(row.route, row.use): where for row, where in priced if where is not None},
    )


def _doses(network: Network, product: str) -> float:
    """Expected doses of a course. [unitless]"""
    path = pathway(network)
    at = network.frame("products")["product"].to_list().index(product)
    return expected_cycles(path.continues[at], int(path.cycles_max[at]))


def _priced(use: EntryUse, product: Product, given: Given, *, assumed: bool) -> _Priced:
    """A use with its price: given for its kind, its own, or that of the product.

    Args:
        use: The use.
        product: The product.
        given: What the user gives.
        assumed: Whether the price of the product is an assumption.
    """
    asked = {UNLISTED: given.price, LISTED: given.listed_price}.get(use.kind)
    if asked is None and use.price is not None:
        return use, None
    price = float(product.price) if asked is None else asked
    where = PriceOf(where="given", evidence="", assumed=False)
    if asked is None:
        where = PriceOf(where="product", evidence=product.evidence, assumed=assumed)
    return dataclasses.replace(use, price=price, low_price=None, high_price=None), where


def _is_assumed(network: Network, product: Product) -> bool:
    """Whether the price of a product is an assumption."""
    kinds = dict(network.frame("evidence").select("evidence", "kind").iter_rows())
    return "price" in product.assumed.split() or kinds[product.evidence] == "assumption"


def _workdays(network: Network, first: date) -> dict[str, Workdays]:
    """Workdays of each calendar, and of none."""
    exceptions: dict[str, dict[date, bool]] = {"": {}}
    for name in network.frame("calendars")["calendar"]:
        exceptions[name] = {}
    for row in network.rows(Holiday):
        exceptions[row.calendar][row.day] = row.runs_as is not None
    return {name: workdays(first, days) for name, days in exceptions.items()}
