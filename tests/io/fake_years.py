"""Invented years: numbers of two scenarios, made of replications that are drawn here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from tests.io.fake_network import SMALL, fake_network

from doseline.model.ledger import CLASSES, LINKS
from doseline.model.simulated import SimulatedYears
from doseline.study.replications.estimates import differences, estimates

if TYPE_CHECKING:
    from doseline.model.network import Network

START, END, HORIZON = date(2026, 4, 6), date(2028, 10, 9), date(2029, 4, 9)
SCENARIO = {
    "variant": "",
    "what_if": "",
    **dict.fromkeys(("site_choice", "scanner_choice"), "gravity"),
    "priority": "lottery",
    "ordering": "at-once",
    "batch": "every",
    **dict.fromkeys(("reserved_for_new", "overbook"), "0"),
    "swap": "no",
}
PEOPLE = {"in_time": 400.0, "late": 100.0, "never": 200.0, "clinical_exit": 80.0, "open": 20.0}
MONTHS = [date(year, month, 1) for year in (2026, 2027, 2028) for month in range(4, 13)]
MONEY = {"patient": -2e6, "payer": -60e6, "hospital": 12e6, "developer": 50e6}


@dataclass(slots=True)
class Told:
    """What replications tell, row by row."""

    names: tuple[str, ...]
    replications: int
    rows: list[dict[str, Any]] = field(default_factory=list)
    rng: np.random.Generator = field(default_factory=lambda: np.random.default_rng(5))

    def add(
        self,
        measure: str,
        of: str,
        mean: float,
        *,
        when: date | None = None,
        spread: float = 0.05,
        only: int | None = None,
    ) -> None:
        """A number of every scenario and seed, or of the first ``only`` seeds."""
        for seed in range(self.replications if only is None else only):
            luck = 1.0 + spread * self.rng.standard_normal()
            for at, name in enumerate(self.names):
                self.rows.append(
                    {
                        "scenario": name,
                        "seed": seed,
                        "measure": measure,
                        "of": of,
                        "when": when,
                        "value": mean * luck * (1.0 + 0.1 * at),
                    }
                )


def told(names: tuple[str, ...], replications: int) -> Told:
    """Everything that the page shows, without groups and gains."""
    made = Told(names, replications)
    years = (None, date(2026, 1, 1), date(2027, 1, 1))
    for when in years:
        size = 1.0 if when is None else 0.5
        for of, people in (*PEOPLE.items(), ("eligible", sum(PEOPLE.values()))):
            made.add("patients", of, size * people, when=when)
        made.add("share", "in_time", 0.5, when=when)
        made.add("line_use", "indianapolis", 0.7, when=when)
        made.add("line_doses", "indianapolis", 900.0 * size, when=when)
        for party, amount in MONEY.items():
            made.add("revenue", party, size * max(amount, 0.0), when=when)
            made.add("cost", party, size * max(-amount, 0.0), when=when)
            made.add("margin", party, size * amount, when=when)
            made.add("money", f"{party}/drug", size * amount, when=when)
    for at, link in enumerate(LINKS[:4]):
        made.add("lost", link, 160.0 / (at + 1))
        made.add("days", link, 3.0)
        made.add("lost_doses", link, 20.0)
    for when in MONTHS:
        made.add("waiting_month", "new", 40.0, when=when)
        made.add("waiting_month", "continuing", 6.7, when=when)
        made.add("treated_month", "new", 12.0, when=when)
    made.add("infusions", "", 1_500.0)
    made.add("doses", "infused", 1_500.0)
    made.add("doses", "transport", 7.3)
    made.add("site_doses", "S0001", 1_500.0)
    made.add("activity", "made", 9_000.0)
    made.add("isotope_use", "murr", 0.6)
    for when in years:
        made.add("limit_use", "no_suite", 0.3, when=when)
        made.add("scanner_use", "lu-psma", 0.8, when=when)
    made.add("limit_full", "no_suite", 0.02)
    made.add("scanner_full", "lu-psma", 0.25)
    for of, days in (("/new", 14.0), ("office/new", 12.0), ("/continuing", 3.0)):
        made.add("delay_median", of, days)
        made.add("delay_p90", of, 2.0 * days)
    made.add("delay_late", "/continuing", 0.2)
    made.add("delay_median", "community/new", 9.0, only=1)
    made.add("delay_p90", "community/new", 19.0, only=1)
    made.add("arrivals", "", 1_200.0)
    return made


def years_of(made: Told) -> SimulatedYears:
    """The answer that such replications have."""
    frame = pl.DataFrame(made.rows, schema_overrides={"when": pl.Date})
    return SimulatedYears(
        scenarios=tuple({"scenario": name, **SCENARIO} for name in made.names),
        years=3.0,
        warm_up_weeks=20,
        start=START,
        cohort_end=END,
        horizon=HORIZON,
        seed=0,
        replications=made.replications,
        most=made.replications,
        precision=None,
        patients=1_200.0,
        estimates=estimates(frame),
        differences=differences(frame, made.names[0]),
        digest="cd34" * 16,
    )


def network_of_years() -> Network:
    """The network of those years."""
    assert tuple(PEOPLE) == CLASSES
    return fake_network(SMALL, np.random.default_rng(1))
