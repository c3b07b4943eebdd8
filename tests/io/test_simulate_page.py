"""The page of simulated years: whole, in both languages, and without groups under 11 people."""

from __future__ import annotations

import dataclasses
import math
import re
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from tests.io.fake_network import table
from tests.io.fake_years import MONEY, PEOPLE, Told, network_of_years, told, years_of

from doseline.cli.screen import Words
from doseline.cli.simulate_screen import show_simulated
from doseline.io.report.privacy import Privacy
from doseline.io.report.simulate_delays import delays_told
from doseline.io.report.simulate_groups import shown_groups
from doseline.io.report.simulate_money import amount, parties_told
from doseline.io.report.simulate_months import single_run
from doseline.io.report.simulate_page import render_simulated
from doseline.io.report.simulate_tables import View
from doseline.model.ledger import LINKS

if TYPE_CHECKING:
    from doseline.model.network import Network

NAMES = ("base", "other")
T_975_9 = 2.262157
"""97.5 % point of Student's t with 9 degrees of freedom (tables)."""


@pytest.fixture(scope="module")
def network() -> Network:
    return network_of_years()


def view_of(network: Network, made: Told) -> View:
    return View(network=network, found=years_of(made), privacy=Privacy())


def page_of(network: Network, made: Told, language: str = "en") -> str:
    return render_simulated(network, years_of(made), language=language)


@pytest.fixture(scope="module")
def page(network: Network) -> str:
    made = told(NAMES, 10)
    add_groups(made)
    add_gains(made)
    return page_of(with_trial(network), made)


def add_groups(made: Told) -> None:
    for of, people in (("rural/0", 600.0), ("rural/1", 200.0)):
        made.add("group_eligible", of, people)
        made.add("group_share", of, 0.4)


def add_gains(made: Told) -> None:
    figures = {"patients": 800.0, "treated": 500.0, "died_waiting": 3.0}
    figures |= {"progression_free": 1_200.0, "progression_free_at_once": 3_600.0}
    figures |= {"alive_low": 0.0, "alive_high": 2_400.0, "qaly_low": 60.0, "qaly_high": 190.0}
    for name, figure in figures.items():
        for of in ("lu-psma", ""):
            made.add(f"gain_{name}", of, figure, spread=0.0)


def add_quarters(made: Told) -> None:
    for when in (date(2026, 4, 1), date(2026, 7, 1)):
        made.add("quarter", "eligible", 300.0, when=when)
        for link in LINKS:
            made.add("lost_share", link, 0.02, when=when)


def with_trial(network: Network) -> Network:
    row = {"endpoint": "pfs", "trial": "A trial", "control_median_months": 4.0}
    row |= {"hazard_ratio": 0.5, "low": 0.3, "high": 0.8, "evidence": "site-density"}
    products = network.frame("products").head(1).with_columns(product=pl.lit("lu-psma"))
    return network.replace(
        products=products, outcomes=table("outcomes", [{"product": "lu-psma", **row}])
    )


def test_every_section_is_there_in_both_languages(page: str) -> None:
    keys = ("share", "scenarios", "waiting", "lost", "groups", "gains", "money", "use", "method")
    for key in keys:
        assert f'<section id="simulate_{key}"' in page
    for text in ("Money by party and year", "各方逐年资金", "What it was worth", "对患者的价值"):
        assert text in page


def test_every_link_leads_to_a_place_in_the_page(page: str) -> None:
    ids = re.findall(r'id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    links = re.findall(r'href="#([^"]+)"', page)
    assert links
    assert set(links) <= set(ids)
    assert not re.search(r'(?:src|href)="(?!#)', page)


def test_the_same_numbers_make_the_same_bytes(network: Network) -> None:
    assert page_of(network, told(NAMES, 3)) == page_of(network, told(NAMES, 3))


def test_one_replication_of_one_scenario_is_enough_for_a_page(network: Network) -> None:
    page = page_of(network, told(("base",), 1), language="zh")
    assert '<section id="simulate_waiting"' in page
    assert '<section id="simulate_scenarios"' not in page
    assert '<section id="simulate_groups"' not in page
    assert not re.search(r"\bNaN\b|\bnan\b|\bNone\b", page)


def test_who_is_less_than_eleven_is_nowhere(network: Network) -> None:
    made = told(NAMES, 4)
    for row in made.rows:
        if row["of"] == "continuing" and row["measure"] == "waiting_month":
            row["value"] = 6.789
    page = page_of(network, made)
    section = page[page.index('<section id="simulate_waiting"') :]
    section = section[: section.index("</section>")]
    assert not re.search(r"\b6\.(?:8|79)", section)
    assert section.count("Next dose of a course ordered") == 1  # the head of a column, no panel
    transport = re.search(r"Lost: transport.{0,200}", page, flags=re.DOTALL)
    assert transport
    assert "under 11" in transport[0]


def test_a_small_group_takes_another_with_it(network: Network) -> None:
    made = told(NAMES, 5)
    everyone = sum(PEOPLE.values())
    for of, people in (("payer/0", everyone - 307.0), ("payer/1", 300.0), ("payer/2", 7.0)):
        made.add("group_eligible", of, people, spread=0.0)
        made.add("group_share", of, 0.5)
    groups = shown_groups(view_of(network, made))
    assert [one.of for one in groups] == []  # one alone would be all that is left


def test_a_group_that_is_small_in_one_replication_is_hidden(network: Network) -> None:
    made = told(NAMES, 5)
    everyone = sum(PEOPLE.values())
    parts = {"a": 0.5 * everyone, "b": 0.3 * everyone, "c": 0.15 * everyone, "d": 0.05 * everyone}
    for at, people in enumerate(parts.values()):
        only = 4 if at == 3 else None
        made.add("group_eligible", f"deprivation/{at + 1}", people, spread=0.0, only=only)
        made.add("group_share", f"deprivation/{at + 1}", 0.5, only=only)
    shown = {one.key for one in shown_groups(view_of(network, made))}
    assert shown == {"1", "2"}  # the next smallest hides it


def test_the_band_is_where_another_replication_falls(network: Network) -> None:
    """Against mean and standard deviation of the replications themselves."""
    made = told(("base",), 10)
    when = date(2027, 6, 1)
    values = [
        row["value"]
        for row in made.rows
        if row["measure"] == "waiting_month" and row["of"] == "new" and row["when"] == when
    ]
    wide = T_975_9 * float(np.std(values, ddof=1)) * math.sqrt(1.0 + 1.0 / len(values))
    [row] = [
        row
        for row in view_of(network, made).dated("waiting_month")
        if row["of"] == "new" and row["when"] == when
    ]
    low, high = single_run(row["mean"], row["half"], 10)
    assert (low, high) == pytest.approx((np.mean(values) - wide, np.mean(values) + wide), rel=1e-4)


def test_parties_are_in_the_order_of_the_ledger(network: Network) -> None:
    view = view_of(network, told(NAMES, 2))
    assert parties_told(view) == list(MONEY)


@pytest.mark.parametrize(
    ("value", "en", "zh"),
    [
        (95.6e6, "USD 95.6 million", "9,560 万 USD"),
        (12_440.2e6, "USD 12.44 billion", "124.4 亿 USD"),
    ],
)
def test_an_amount_is_said_as_readers_say_it(value: float, en: str, zh: str) -> None:
    told_amount = amount(value, "USD")
    assert (told_amount.en, told_amount.zh) == (en, zh)


def test_gains_are_told_in_years(page: str) -> None:
    assert "60 to 190" in page  # QALY, low and high
    assert '<td class="n">100 [100, 100]</td>' in page  # 1,200 months without progression
    assert "under" in page  # who died waiting: 3 people


def test_no_trial_no_section(network: Network) -> None:
    page = page_of(network, told(NAMES, 3))
    assert '<section id="simulate_gains"' not in page


def test_a_year_in_which_nobody_waits_is_said(network: Network) -> None:
    made = told(NAMES, 3)
    for row in made.rows:
        if row["measure"] == "waiting_month":
            row["value"] = 2.0
    page = page_of(network, made)
    assert "Fewer than 11 people wait in every month" in page
    assert 'id="figure-simulate-waiting"' not in page


def test_more_than_four_scenarios_are_all_compared(network: Network) -> None:
    names = tuple(f"s{at}" for at in range(6))
    page = page_of(network, told(names, 3))
    figure = page[page.index('id="figure-simulate-scenarios"') :]
    drawing = figure[: figure.index("</svg>")]
    assert all(f">{name}<" in drawing for name in names[1:])


def test_all_items_of_the_reporting_guideline_are_told_in_order(page: str) -> None:
    """The 24 items of STRESS-DES (Monks and others 2019, table 2)."""
    parts = {1: 3, 2: 4, 3: 4, 4: 3, 5: 4, 6: 1}
    items = [f"{part}.{at}" for part, count in parts.items() for at in range(1, count + 1)]
    after = items.index("2.4") + 1
    items[after:after] = [f"2.5.{at}" for at in range(1, 6)]
    assert len(items) == 24
    section = page[page.index('<section id="simulate_method"') :]
    assert re.findall(r'lang="en">(\d(?:\.\d)+) ', section) == items


def test_a_class_of_sites_that_one_replication_hides_has_no_delay(network: Network) -> None:
    delays = delays_told(view_of(network, told(NAMES, 4)))
    assert [(one.setting, one.kind) for one in delays] == [
        ("", "new"),
        ("office", "new"),
        ("", "continuing"),
    ]
    assert delays[0].late is None
    assert delays[2].late is not None


def test_scanners_and_rooms_are_told_by_year_and_in_all(page: str) -> None:
    assert re.search(r"2\d(?:\.\d)? % of scanners are full", page)
    assert 'id="figure-simulate-places"' in page
    assert "Scanners for lu-psma" in page


def test_what_is_never_negative_has_no_negative_interval(network: Network) -> None:
    made = told(NAMES, 3)
    for kind in ("new", "continuing"):
        # Of few replications, an interval of a mean may reach below nothing.
        for measure in ("delay_median", "delay_p90"):
            made.add(measure, f"academic/{kind}", 0.2, spread=2.0)
    made.add("delay_late", "academic/continuing", 0.004, spread=2.0)
    for row in made.rows:
        row["value"] = abs(row["value"]) if row["measure"].startswith("delay") else row["value"]
    page = page_of(network, made)
    figure = page[page.index('id="figure-simulate-delays"') :]
    table = figure[figure.index("<table") : figure.index("</table>")]
    assert "academic" in table
    assert "−" not in table


def test_a_quarter_and_the_words_of_a_row_stay_on_one_line(network: Network) -> None:
    made = told(NAMES, 3)
    add_quarters(made)
    page = page_of(network, made)
    assert "2026\u00a0Q2" in page
    assert "tbody th .zh { word-break: keep-all; }" in page


def test_a_variant_or_what_if_that_nobody_has_is_no_column(page: str) -> None:
    table = page[page.index("What each scenario is") :]
    head = table[: table.index("</thead>")]
    assert "Variant" not in head
    assert "Priority" in head
    assert re.search(r'class="n"><a class="define" href="#def-scenario"><span[^>]*>Swap', head)


def test_who_is_in_no_known_group_comes_last(network: Network) -> None:
    made = told(NAMES, 3)
    everyone = sum(PEOPLE.values())
    for of in ("age/0", "age/unstated", "age/76", "deprivation/0", "deprivation/1"):
        made.add("group_eligible", of, everyone / (3 if of.startswith("age") else 2), spread=0.0)
        made.add("group_share", of, 0.5)
    keys = [one.key for one in shown_groups(view_of(network, made))]
    assert keys == ["0", "76", "unstated", "1", "0"]


def test_the_page_names_the_engine_that_made_it(network: Network) -> None:
    plain = dataclasses.replace(years_of(told(("base",), 2)), engine="plain")
    page = render_simulated(network, plain)
    assert "the engine is the one in plain Python" in page
    assert "compiled by Numba" not in page


@pytest.mark.parametrize("figure", ["simulate-share", "simulate-losing"])
def test_lines_are_told_apart_by_their_strokes_in_the_legend(network: Network, figure: str) -> None:
    made = told(NAMES, 3)
    add_quarters(made)
    page = page_of(network, made)
    drawing = page[page.index(f'id="figure-{figure}"') :]
    drawing = drawing[: drawing.index("</svg>")]
    samples = re.findall(r'd="M-[\d.]+,0L[\d.]+,0"[^>]*', drawing)
    dashes = [re.findall(r'stroke-dasharray="([\d,]+)"', one)[0] for one in samples]
    colours = [re.findall(r'stroke="var\(--(\w+)\)"', one)[0] for one in samples]
    count = 2 if figure == "simulate-share" else 4
    assert dashes == ["1,0", "7,3", "2,2", "9,3,2,3"][:count]
    assert colours == ["first", "second", "third", "fourth"][:count]
    assert not any("opacity" in one for one in samples)


def test_the_table_of_differences_has_a_column_for_each_panel(page: str) -> None:
    figure = page[page.index('id="figure-simulate-scenarios"') :]
    drawing, table = figure[: figure.index("</svg>")], figure[figure.index("<table") :]
    head = table[: table.index("</thead>")]
    for title in ("Treated in time, patients", "Years without progression", "Paid by payers"):
        assert title in drawing
        assert title in head


def test_the_precision_that_is_told_is_that_of_the_scenario_that_decides(
    network: Network, capsys: pytest.CaptureFixture[str]
) -> None:
    made = told(NAMES, 3)
    values = {"base": (0.50, 0.50, 0.50), "other": (0.40, 0.50, 0.60)}
    for row in made.rows:
        if (row["measure"], row["when"]) == ("share", None):
            row["value"] = values[row["scenario"]][row["seed"]]
    found = dataclasses.replace(years_of(made), precision=1.0)
    # Student's t of two degrees of freedom times 0.1 over the root of three.
    half = "24.84"
    show_simulated(network, found, None, Words("en"))
    assert f"were not enough: ± {half} points in the scenario" in capsys.readouterr().out
    assert f"± {half} points in the scenario" in render_simulated(network, found)
