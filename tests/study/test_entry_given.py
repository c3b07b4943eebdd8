"""Prices and patients that a user gives take the place of the network's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.io.broken import TINY, set_cell
from tests.io.entry_tables import add_entry

from doseline.io.entries import write_entry
from doseline.io.folder import read_network
from doseline.io.reference import nuclide_table
from doseline.study.entry import Given, NoRoutesOfProductError, entry_of
from doseline.study.expected import reaching_per_year

if TYPE_CHECKING:
    from pathlib import Path

    from doseline.model.network import Network
    from doseline.pay.entry_result import EntryTold

PRICE = 48980.0
"""Of a dose of the tiny example's product."""


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Network:
    """The tiny example with a route of entry."""
    folder = tmp_path_factory.mktemp("entry")
    for path in TINY.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    add_entry(folder)
    found, findings = read_network(folder, nuclides=nuclide_table())
    assert found is not None, findings
    return found


def told(network: Network, **given: float) -> EntryTold:
    return entry_of(network, given=Given(**given), samples=300)


def earned(one: EntryTold) -> dict[str, float]:
    frame = one.frame("money")
    return {row["item"]: row["amount"] for row in frame.to_dicts() if row["kind"] == "use"}


def test_a_listed_price_moves_the_listed_use_alone(network: Network) -> None:
    base, dear = earned(told(network)), earned(told(network, listed_price=60000.0))
    assert dear["listed"] == pytest.approx(2.0 * base["listed"])
    assert dear["sold"] == base["sold"]


def test_a_use_without_a_price_has_that_of_the_product(network: Network) -> None:
    assert earned(told(network, price=PRICE)) == earned(told(network))
    dear = earned(told(network, price=2.0 * PRICE))
    assert dear["sold"] == pytest.approx(2.0 * earned(told(network))["sold"])


def test_each_price_says_where_it_comes_from(network: Network) -> None:
    def prices(**given: float) -> dict[str, list[Any]]:
        names = ("use", "price", "price_from", "price_assumed", "evidence")
        rows = told(network, **given).frame("uses").select(names).iter_rows()
        return {use: about for use, *about in rows}

    # The product's row says that its price is assumed, whatever its evidence.
    assert prices() == {
        "sold": [PRICE, "product", True, "label-pluvicto"],
        "listed": [30000.0, "own", True, "invented"],
    }
    given = prices(price=1.0, listed_price=2.0)
    assert given["sold"] == [1.0, "given", False, ""]
    assert given["listed"] == [2.0, "given", False, ""]


def test_patients_are_those_who_pass_the_gates_unless_given(network: Network) -> None:
    base, more = told(network), told(network, patients_per_year=1000.0)
    assert base.patients_per_year == pytest.approx(reaching_per_year(network)["lu-psma"])
    factor = 1000.0 / base.patients_per_year
    assert earned(more)["sold"] == pytest.approx(factor * earned(base)["sold"])
    # 1 + 0.75 + ... + 0.75^5, by hand.
    assert base.doses == pytest.approx((1 - 0.75**6) / 0.25)


def test_the_same_routes_give_the_same_page(network: Network, tmp_path: Path) -> None:
    one = told(network)
    pages = [write_entry(network, one, tmp_path / name) for name in ("a.html", "b.html")]
    assert pages[0].read_bytes() == pages[1].read_bytes()
    chinese = write_entry(network, one, tmp_path / "c.html", language="zh")
    assert '<html lang="zh-Hans">' in chinese.read_text(encoding="utf-8")


def test_a_product_without_routes_is_refused(network: Network) -> None:
    with pytest.raises(NoRoutesOfProductError) as caught:
        entry_of(network, product="lu-psam")
    assert caught.value.nearest == "lu-psma"


def test_patients_beyond_the_farthest_site_are_counted_as_docs_say(
    network: Network, tmp_path: Path
) -> None:
    for path in TINY.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    add_entry(tmp_path)
    set_cell(tmp_path, "pathways", 2, "max_km", "1")
    near, findings = read_network(tmp_path, nuclides=nuclide_table())
    assert near is not None, findings
    assert told(near).patients_per_year == told(network).patients_per_year
