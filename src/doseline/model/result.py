"""What a run answers: one record that the report, the tables and ``--json`` are made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

import polars as pl

from doseline.model.findings import Finding
from doseline.model.flows import Plan
from doseline.model.network import Network
from doseline.model.options import Options


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A number with the interval that holds it over seeds (5 % to 95 % of replications)."""

    value: float
    low: float
    high: float


NAMED_CHANGES = 3
"""Changes that are named as the most valuable, if their order survives."""


def told_apart(values: Sequence[Mapping[str, Any]], count: int = NAMED_CHANGES) -> bool:
    """Whether the order of the first changes survives: each interval lies above all later ones.

    Args:
        values: Rows of the ``values`` frame, the most valuable first.
        count: Changes to be named.
    """
    if len(values) < count or any(row["low"] is None or row["high"] is None for row in values):
        return False
    return all(
        row["low"] > max((later["high"] for later in values[k + 1 :]), default=0.0)
        for k, row in enumerate(values[:count])
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """The answer of one run.

    Frames and their columns (units in names; ``low``/``high`` are the 5 % and 95 % points over
    replications):

    ``patients``: class, patients, low, high - classes of the cohort in the reference replication.
    ``doses``: ending, doses, low, high - doses ordered in the horizon by how they ended.
    ``activity``: ending, activity_gbq - made = infused + decayed in transit + decayed waiting +
    residual + waste.
    ``ledger``: link, patients, late, never, clinical_exit, low, high, doses, cost, payment,
    currency, value, value_low, value_high, unit - one row a link of ``model.ledger.LINKS`` and
    one for ``clinical``; value is patients in time gained by relaxing the link by ``unit``.
    ``values``: link, unit, at, patients, low, high, money, money_low, money_high,
    patients_downstream, pairs - ``low``/``high`` here are 95 % of the mean over pairs of seeds.
    ``curve``: product, days, share, low, high - share of the cohort treated within W days.
    ``money``: party, item, amount, currency - of the planned week's delivered doses.
    ``payments``: order, product, payer, party_from, party_to, what, amount, currency, rule,
    assumption.
    ``dose_money``: order, product, channel, payer, site, ending, party, revenue, cost, margin,
    currency - one row a dose and party; margins of a dose sum to zero. Without an order: what the
    week cost and no dose shares.
    ``scan_money``: tracer, product, payer, scans, party_from, party_to, what, amount, currency,
    assumption - what scans of the cohort pay; counts and amounts under 11 people are null.
    ``decay``: product, stage, activity_gbq, share - where the activity of the planned week went.
    ``regions``: region, name, part_of, lat, lon, population, eligible, in_time, share, link, second -
    means over replications; cells under 11 people are null. ``areas``: the same by part_of;
    ``quarters``: area, quarter, eligible, in_time, share, link; ``products``: product, name,
    name_zh, nuclide, in_time_days, eligible, in_time, share, link.
    ``whole_curve``: days, share, low, high - as ``curve``, of all products together.
    ``channels``: channel, product, patients, low, high, doses - treated in time and infused.
    ``stays``: product, hours_until_release, nights, criterion, limit, unit, at_infusion, evidence,
    assumption - how long the release rules keep a patient.
    ``seeds``: seed, eligible, the classes, contribution, lost_<link> - one row a replication.
    ``sites``: site, name, lat, lon, setting, doses, chairs, offers.
    ``weeks``: week, product, demand, served, method (exact or aggregated).
    ``assumptions``: input, effect, assumed, evidence, kind, title, title_zh, share - ``effect``
    in percentage points of the share treated in time when the input is worsened by a tenth.
    ``episodes``: one row an episode of the cohort.
    ``flows``: delivered doses of the planned week (columns of ``model.flows.FLOW_SCHEMA``).
    """

    network: Network
    options: Options
    plan: Plan
    share_in_time: Interval
    """Share of the eligible treated in time. [unitless]"""
    frames: Mapping[str, pl.DataFrame]
    findings: tuple[Finding, ...]
    assumption_share: float | None
    """Fraction of the inputs, weighted by effect, that are not sourced; none if no input has an
    effect. [unitless]"""
    rounds: int
    """Rounds until participation no longer changed."""
    provenance: Mapping[str, Any]
    """Version, network hash, nuclide data, rulebook, parameters, seed, solver, gap."""
    seconds: float = 0.0
    """Elapsed time; outside of every hashed output. [s]"""
    stages: Mapping[str, float] = field(default_factory=dict)
    """Elapsed time of each stage. [s]"""

    @property
    def patients(self) -> dict[str, int]:
        """Patients by class; ``eligible`` is their sum."""
        frame = self.frames["patients"]
        counts = {row["class"]: int(row["patients"]) for row in frame.iter_rows(named=True)}
        return {"eligible": sum(counts.values()), **counts}

    @property
    def ledger(self) -> pl.DataFrame:
        """The ledger of losses, one row a link."""
        return self.frames["ledger"]

    def _repr_html_(self) -> str:
        """Headline and ledger, for notebooks."""
        share = self.share_in_time
        headline = (
            f"{self.network.settings.name}: {100 * share.value:.1f} % of "
            f"{self.patients['eligible']} eligible patients treated in time "
            f"({100 * share.low:.1f} to {100 * share.high:.1f} % over seeds)"
        )
        lost = self.ledger.filter(pl.col("patients") > 0)
        return f"<h4>{escape(headline)}</h4>{lost._repr_html_()}"
