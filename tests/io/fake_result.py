"""An invented answer of a run, consistent in itself, for tests of what is made from one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import polars as pl
from tests.io.fake_network import PRODUCTS, SMALL, WEEK, Size, fake_network
from tests.io.fake_plan import fake_plan

from doseline.model.catalogue import TABLES
from doseline.model.findings import ERROR, NOTE, WARNING, Finding
from doseline.model.flows import Plan
from doseline.model.ledger import CLASSES, CLINICAL, LINKS
from doseline.model.network import Network, empty_frame
from doseline.model.options import ITINERARY_SCHEMA, OPTION_SCHEMA, SLOT_SCHEMA, Options
from doseline.model.result import Interval, RunResult


def fake_result(size: Size = SMALL, *, seed: int = 1) -> RunResult:
    """An answer of that size; the same size and seed give the same answer."""
    rng = np.random.default_rng(seed)
    network = fake_network(size, rng)
    plan = fake_plan(network, size, rng)
    return RunResult(
        network=network,
        options=no_options(),
        plan=plan,
        share_in_time=Interval(value=0.38, low=0.361, high=0.402),
        frames=fake_frames(network, plan, size, rng),
        findings=FINDINGS,
        assumption_share=0.62,
        rounds=3,
        provenance={
            "doseline": "0.1.0",
            "network_sha256": network.digest,
            "nuclides": "NUBASE2020",
            "rulebook_patches": ["price=0.99"],
            "seed": 1,
            "solver": "HiGHS 1.15.1",
            "plan_gap": plan.gap,
        },
        seconds=12.3,
        stages={"options": 1.5},
    )


def empty_result() -> RunResult:
    """An answer whose frames have no rows and no columns."""
    full = fake_result()
    network = Network(
        settings=replace(full.network.settings, name="Empty"),
        frames={table.name: empty_frame(table.name) for table in TABLES},
    )
    nothing = pl.DataFrame()
    plan = Plan(
        week=WEEK,
        flows=nothing,
        batches=nothing,
        lots=nothing,
        objective=0.0,
        cost=0.0,
        bound=0.0,
        gap=0.0,
        status="empty",
        solver="",
    )
    return replace(
        full, network=network, plan=plan, frames={}, findings=(), provenance={}, rounds=0
    )


def no_options() -> Options:
    """Options without a row."""
    return Options(
        week=WEEK,
        rows=pl.DataFrame(schema=OPTION_SCHEMA),
        itineraries=pl.DataFrame(schema=ITINERARY_SCHEMA),
        slots=pl.DataFrame(schema=SLOT_SCHEMA),
    )


FINDINGS = (
    Finding(
        code="licence_expires",
        severity=WARNING,
        table="licences",
        row=14,
        column="valid_until",
        found="2026-11-25",
        allowed="after 2026-11-29",
        nearest="2026-11-30",
    ),
    Finding(code="no_lane_reaches_site", severity=ERROR, table="sites", row=9, column="site"),
    Finding(code="unused_hub", severity=NOTE, table="hubs", row=3, about={"hub": "<ORD> & Co"}),
)


def fake_frames(
    network: Network, plan: Plan, size: Size, rng: np.random.Generator
) -> dict[str, pl.DataFrame]:
    """The frames of an answer; classes, links and the cohort add up."""
    classes = np.round(size.eligible * np.array([0.38, 0.16, 0.34, 0.05, 0.07])).astype(int)
    classes[0] += size.eligible - classes.sum()
    ledger = fake_ledger(classes, rng)
    return {
        "patients": pl.DataFrame(
            {
                "class": CLASSES,
                "patients": classes,
                "low": classes * 0.95,
                "high": classes * 1.04,
            }
        ),
        "doses": fake_doses(plan),
        "activity": fake_activity(),
        "ledger": ledger,
        "values": fake_values(),
        "curve": fake_curve(),
        "money": fake_money(),
        "payments": pl.DataFrame(),
        "decay": fake_decay(),
        "regions": fake_regions(network, size),
        "areas": fake_areas(network, size),
        "sites": fake_sites(network, plan),
        "weeks": fake_weeks(),
        "assumptions": fake_assumptions(),
        "episodes": pl.DataFrame(),
        "flows": plan.flows.with_columns(
            ending=pl.when(pl.col("line").is_null())
            .then(pl.lit("isotope_short"))
            .otherwise(pl.lit("infused"))
        ),
    }


def fake_ledger(classes: np.ndarray[Any, Any], rng: np.random.Generator) -> pl.DataFrame:
    """Losses by link; each class adds up to its row in the patient account."""
    parts = rng.dirichlet(np.linspace(4, 0.4, len(LINKS)))
    split = {
        name: apportioned(int(count), parts)
        for name, count in zip(("late", "never", "clinical_exit"), classes[1:4], strict=True)
    }
    split["clinical_exit"][0] -= (clinical := split["clinical_exit"][0] // 2)
    frame = pl.DataFrame({"link": LINKS, **split})
    last = {"link": CLINICAL, "late": 0, "never": 0, "clinical_exit": clinical}
    frame = pl.concat([frame, pl.DataFrame([last])])
    people = pl.sum_horizontal("late", "never", "clinical_exit")
    return frame.with_columns(
        patients=people,
        low=people * 0.8,
        high=people * 1.25,
        doses=(people * 0.3).round(0).cast(pl.Int64),
        cost=people * 1_300.0,
        payment=people * 51_919.2,
        currency=pl.lit("USD"),
        value=people * 0.01,
        value_low=people * 0.004,
        value_high=people * 0.02,
        unit=pl.lit("percentage_point"),
    )


def apportioned(total: int, parts: np.ndarray[Any, Any]) -> list[int]:
    """A whole number split into whole numbers that sum to it."""
    edges = np.round(np.cumsum(parts) * total).astype(int)
    return [int(n) for n in np.diff(edges, prepend=0)]


def fake_values() -> pl.DataFrame:
    """Value of five links; the first three are told apart."""
    patients = [42.0, 25.0, 12.0, 5.0, 4.0]
    half = [5.0, 4.0, 3.0, 4.0, 5.0]
    return pl.DataFrame(
        {
            "link": ["not_referred", "pet_slot", "no_isotope", "transport", "no_suite"],
            "unit": [
                "percentage_point",
                "per_week",
                "100_gbq",
                "departure",
                "per_week",
            ],
            "at": [None, "S1", "Columbia-Millburn", "L00001", "U0003"],
            "patients": patients,
            "low": [p - h for p, h in zip(patients, half, strict=True)],
            "high": [p + h for p, h in zip(patients, half, strict=True)],
            "money": [p * 30_000 for p in patients],
            "money_low": [p * 25_000 for p in patients],
            "money_high": [p * 36_000 for p in patients],
            "patients_downstream": [p * 1.6 for p in patients],
            "pairs": [5] * 5,
        }
    )


def fake_curve() -> pl.DataFrame:
    """Share treated within W days, two products."""
    days = np.arange(28, 181, 4)
    return pl.concat(
        pl.DataFrame(
            {
                "product": row["product"],
                "days": days,
                "share": (share := top / (1 + np.exp((70 - days) / 22.0))),
                "low": share * 0.94,
                "high": share * 1.05,
            }
        )
        for row, top in zip(PRODUCTS, (0.52, 0.66), strict=True)
    )


def fake_money() -> pl.DataFrame:
    """Who pays and who earns."""
    rows = [
        ("payer", "drug", -9_000_000.0),
        ("patient", "drug", -600_000.0),
        ("hospital", "drug", 9_600_000.0),
        ("hospital", "dose", -8_200_000.0),
        ("hospital", "preparation", -500_000.0),
        ("maker", "dose", 8_200_000.0),
        ("maker", "isotope", -900_000.0),
        ("carrier", "carriage", 300_000.0),
        ("maker", "carriage", -300_000.0),
        ("isotope_supplier", "isotope", 900_000.0),
    ]
    return pl.DataFrame(rows, schema=["party", "item", "amount"], orient="row").with_columns(
        currency=pl.lit("USD")
    )


def fake_decay() -> pl.DataFrame:
    """Where the activity went, two products."""
    stages = ("decayed_in_transit", "decayed_waiting", "residual", "waste", "infused")
    shares = (0.09, 0.06, 0.01, 0.03, 0.81)
    return pl.concat(
        pl.DataFrame(
            {
                "product": row["product"],
                "stage": stages,
                "activity_gbq": [made * share for share in shares],
                "share": shares,
            }
        )
        for row, made in zip(PRODUCTS, (14_800.0, 3_700.0), strict=True)
    )


def fake_activity() -> pl.DataFrame:
    """The activity account."""
    return (
        fake_decay()
        .group_by("stage", maintain_order=True)
        .agg(pl.sum("activity_gbq"))
        .rename({"stage": "ending"})
    )


def fake_doses(plan: Plan) -> pl.DataFrame:
    """The dose account."""
    served = plan.flows["line"].count()
    return pl.DataFrame(
        {
            "ending": ["infused", "infused_late", "isotope_short", "transport"],
            "doses": [served - 3, 3, plan.flows.height - served, 0],
        }
    )


def fake_regions(network: Network, size: Size) -> pl.DataFrame:
    """Regions with what happened to their people; small cells are null."""
    return guarded(
        network.frame("regions").select("region", "name", "part_of", "lat", "lon", "population"),
        size.eligible,
    )


def fake_areas(network: Network, size: Size) -> pl.DataFrame:
    """The same by state."""
    states = network.frame("regions").group_by("part_of").agg(pl.sum("population"))
    return guarded(states.sort("part_of"), size.eligible)


def guarded(frame: pl.DataFrame, people: int) -> pl.DataFrame:
    """Cells with eligible people by population, and null where they are too few."""
    part = pl.col("population") / pl.col("population").sum() * people
    told = frame.with_row_index().with_columns(eligible=part)
    share = ((pl.col("index") * 37) % 100) / 100
    shown = pl.col("eligible") >= 11
    return told.with_columns(
        eligible=pl.when(shown).then("eligible"),
        in_time=pl.when(shown).then(pl.col("eligible") * share),
        share=pl.when(shown).then(share),
        link=pl.when(shown).then(pl.lit("not_referred")),
    ).drop("index")


def fake_sites(network: Network, plan: Plan) -> pl.DataFrame:
    """Sites with their doses in the planned week."""
    doses = plan.flows.drop_nulls("line").group_by("site").agg(doses=pl.len())
    chairs = network.frame("suites").group_by("site").agg(pl.sum("chairs"))
    return (
        network.frame("sites")
        .select("site", "name", "lat", "lon", "setting")
        .join(doses, on="site", how="left", maintain_order="left")
        .join(chairs, on="site", how="left", maintain_order="left")
        .with_columns(pl.col("doses").fill_null(0))
        .with_columns(offers=pl.col("doses") > 0)
    )


def fake_weeks() -> pl.DataFrame:
    """The weeks of the horizon: the first is exact."""
    return pl.DataFrame(
        [
            {
                "week": WEEK + timedelta(weeks=k),
                "product": row["product"],
                "demand": 900.0 + 10 * k,
                "served": 850.0 + 9 * k,
                "method": "exact" if k == 0 else "aggregated",
            }
            for k in range(16)
            for row in PRODUCTS
        ]
    )


def fake_assumptions() -> pl.DataFrame:
    """Inputs by effect."""
    rows = [
        ("input_referral_share", "referral-rate", "assumption", 0.31),
        ("input_board_time", "board-time", "published", 0.22),
        ("scanners.slots_per_week", "pet-slots", "assumption", 0.21),
        ("input_isotope", "line-capacity", "published", 0.16),
        ("input_on_time", "lanes-assumed", "assumption", 0.10),
    ]
    return pl.DataFrame(
        [
            {
                "input": name,
                "evidence": evidence,
                "kind": kind,
                "effect": -4.0 * share,
                "assumed": 1.0 if kind == "assumption" else 0.0,
                "share": share,
                "title": f"What stands behind {evidence}",
                "title_zh": "所依据的内容",
            }
            for name, evidence, kind, share in rows
        ]
    )
