"""The report's table of what doses leave each party."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import polars as pl
from tests.io.fake_network import SMALL
from tests.io.fake_result import fake_result

from doseline.io.report.dose_money import dose_money_table
from doseline.io.report.privacy import Privacy


def doses(product: str, **payers: int) -> pl.DataFrame:
    """Invented doses, 100 from the payer to the hospital for each."""
    rows = [
        {"order": f"{payer}{at}", "product": product, "channel": "commercial", "payer": payer}
        | {"party": party, "revenue": Decimal(got), "cost": Decimal(gave), "margin": Decimal(net)}
        for payer, count in payers.items()
        for at in range(count)
        for party, got, gave, net in (("payer", 0, 100, -100), ("hospital", 100, 0, 100))
    ]
    return pl.DataFrame(rows)


def test_each_group_that_may_be_shown_has_its_doses_and_margins() -> None:
    result = fake_result(SMALL)
    product = result.network.frame("products")["product"][0]
    first, second, *_ = result.network.frame("payers")["payer"].to_list()
    frame = doses(product, **{first: 30, second: 12})
    told = replace(result, frames={**result.frames, "dose_money": frame})
    table = dose_money_table(told, Privacy())
    cells = [[getattr(cell, "en", str(cell)) for cell in row] for row in table.rows]
    margins = {tuple(row[3:]) for row in cells}
    assert margins == {
        ("30", "\N{MINUS SIGN}3,000", "3,000"),
        ("12", "\N{MINUS SIGN}1,200", "1,200"),
    }
    small = replace(result, frames={**result.frames, "dose_money": doses(product, **{first: 9})})
    assert not dose_money_table(small, Privacy()).rows


def test_a_result_without_money_of_doses_has_no_table() -> None:
    result = fake_result(SMALL)
    assert not dose_money_table(result, Privacy()).rows
