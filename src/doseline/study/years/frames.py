"""The frames of a year account: patients, doses and uses by calendar year and by place.

Those of patients are of the cohort; a patient's year is that of its clock start. Cells of places
with fewer than 11 people are null.

- ``patients``: year, class, patients.
- ``lost``: year, link, late, never, clinical_exit, patients.
- ``curve``: days, patients (treated within them), eligible.
- ``products``, ``regions``, ``areas``: as in :mod:`doseline.study.ledger`.
- ``groups``: by (rural, deprivation, payer), group, eligible, in_time, share, link, second.
- ``mix``: product, sex, age_from, eligible, in_time, share, link, second.
- ``gains``: of the cohort, as in :func:`doseline.study.years.outcomes.gains_frame`.
- ``states``: link, patients (who spent time there), days (all of them together), per_patient (of
  all who are eligible) [d].
- ``weeks``: week, product, kind, demand, served.
- ``waiting``: week, kind (new, continuing: orders open; line: waiting for a scanner), patients.
- ``doses``: product, ending, doses.
- ``lost_doses``: link, doses.
- ``delays``: setting, kind, doses, median, p90 [d], late: as in
  :mod:`doseline.study.years.delays`.
- ``runs``: year, run, line, product, doses, capacity, made (weeks with a dose), failed (weeks).
- ``sites``: site, product, infused.
- ``limits``: year, site, link, used, room (in the limit's own unit), share.
- ``scanners``: year, scanner, product, scans, slots, share.
- ``activity``: product, made, transit, waiting, infused, residual, waste [GBq].
- ``isotope``: lot, source, line, delivered, drawn [GBq].
- ``fates``: fate, patients (of all arrivals).
- ``money``: year, party, item, amount, currency; ``margins``: year, party, revenue, cost, margin,
  currency.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from doseline.model.ledger import CLASSES, CLINICAL, DOSE_ENDINGS, LINKS
from doseline.simulate.booking import CLINICAL_EXIT, LATE, NEVER
from doseline.simulate.engine.outcome import Fate
from doseline.study.ledger import CURVE_DAYS, areas_frame, product_frame, regions_frame
from doseline.study.years.delays import delays_frame
from doseline.study.years.dosed import calendar_year, counts_of, dosed
from doseline.study.years.groups import groups_frame, mix_frame
from doseline.study.years.money import margins_of, money_of_years
from doseline.study.years.outcomes import gains_frame, gains_of, hazards_of
from doseline.study.years.uses import limits_frame, runs_frame, scanners_frame

if TYPE_CHECKING:
    from doseline.simulate.engine.outcome import Outcome
    from doseline.simulate.engine.world import Arrivals
    from doseline.simulate.pathway import Ints
    from doseline.study.replicate import Replication
    from doseline.study.years.world import Years

_AT_ONCE = 50_000
"""Patients whose times are added up at once: bounds the memory that this takes."""
_KINDS = ("new", "continuing")
_ACTIVITY = ("made", "transit", "waiting", "infused", "residual", "waste")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """All that the frames are made of."""

    years: Years
    arrivals: Arrivals
    outcome: Outcome
    cohort: Replication


def frames_of(told: Told) -> dict[str, pl.DataFrame]:
    """All frames, by name."""
    years, cohort, outcome = told.years, told.cohort, told.outcome
    given = dosed(years.world, years.calendar.origin, told.arrivals, outcome)
    money = money_of_years(years, years.prices, given, outcome)
    return {
        "patients": _patients(told),
        "lost": _lost(told),
        "curve": _curve(told),
        "products": product_frame(years, [cohort]),
        "regions": regions_frame(years, [cohort]),
        "areas": areas_frame(years, [cohort]),
        "groups": groups_frame(years, cohort),
        "mix": mix_frame(years, cohort, told.arrivals.key[cohort.account.episode]),
        "gains": _gains(told),
        "states": _states(told),
        "weeks": _weeks(told),
        "waiting": _waiting(told),
        "doses": _doses(told),
        "lost_doses": pl.DataFrame({"link": LINKS, "doses": outcome.lost_by_link}),
        "delays": delays_frame(years, outcome),
        "runs": runs_frame(years, outcome),
        "sites": _sites(told),
        "limits": limits_frame(years, given),
        "scanners": scanners_frame(years, outcome),
        "activity": _activity(told),
        "isotope": _isotope(told),
        "fates": _fates(told),
        "money": money,
        "margins": margins_of(money),
    }


def _gains(told: Told) -> pl.DataFrame:
    """What the cohort gained, and lost by waiting."""
    years, arrivals = told.years, told.arrivals
    gains = gains_of(
        hazards_of(years.network),
        arrivals,
        told.outcome,
        horizon=years.calendar.horizon_day,
        seed=told.cohort.seed,
    )
    of = np.zeros(arrivals.count, dtype=np.bool_)
    of[told.cohort.account.episode] = True
    return gains_frame(years.network, gains, arrivals.product, of)


def _patients(told: Told) -> pl.DataFrame:
    """year, class, patients."""
    first, year, years = _years_of_patients(told)
    table = counts_of((years, len(CLASSES)), year, told.cohort.account.ending)
    return pl.DataFrame(
        {
            "year": np.repeat(np.arange(first, first + years), len(CLASSES)),
            "class": list(CLASSES) * years,
            "patients": table.ravel(),
        }
    )


def _lost(told: Told) -> pl.DataFrame:
    """year, link, late, never, clinical_exit, patients; the last link is no link."""
    first, year, years = _years_of_patients(told)
    account, links = told.cohort.account, (*LINKS, CLINICAL)
    shape = years, len(links), len(CLASSES)
    table = counts_of(
        shape, year, np.where(account.link < 0, len(LINKS), account.link), account.ending
    )
    lost = table[:, :, [LATE, NEVER, CLINICAL_EXIT]].reshape(-1, 3)
    return pl.DataFrame(
        {
            "year": np.repeat(np.arange(first, first + years), len(links)),
            "link": list(links) * years,
            "late": lost[:, 0],
            "never": lost[:, 1],
            "clinical_exit": lost[:, 2],
            "patients": lost.sum(axis=1),
        }
    )


def _years_of_patients(told: Told) -> tuple[int, Ints, int]:
    """First calendar year of the cohort, the year of each patient from it, and how many years."""
    days = told.years.calendar
    start, end = days.cohort_days
    first = days.date_of(start).year
    years = days.date_of(end - 1.0).year - first + 1
    return first, calendar_year(days.origin, told.cohort.t0) - first, years


def _curve(told: Told) -> pl.DataFrame:
    """days, patients, eligible."""
    days = np.sort(told.cohort.account.days)
    within = np.searchsorted(days, CURVE_DAYS, side="right")
    return pl.DataFrame({"days": CURVE_DAYS, "patients": within}).with_columns(
        eligible=pl.lit(len(days), dtype=pl.Int64)
    )


def _states(told: Told) -> pl.DataFrame:
    """link, patients, days, per_patient."""
    rows = told.cohort.account.episode
    days, patients = np.zeros(len(LINKS)), np.zeros(len(LINKS), dtype=np.int64)
    for start in range(0, len(rows), _AT_ONCE):
        wait = told.outcome.waits.rows(rows[start : start + _AT_ONCE])
        days += wait.sum(axis=0)
        patients += np.count_nonzero(wait, axis=0)
    return pl.DataFrame(
        {
            "link": LINKS,
            "patients": patients,
            "days": days,
            "per_patient": days / max(len(rows), 1),
        }
    )


def _weeks(told: Told) -> pl.DataFrame:
    """week, product, kind, demand, served."""
    days, outcome = told.years.calendar, told.outcome
    products = told.years.network.frame("products")["product"].to_list()
    cells = len(products) * len(_KINDS)
    mondays = pl.Series([days.origin + timedelta(weeks=one) for one in range(days.weeks)])
    return pl.DataFrame(
        {
            "week": mondays.gather(np.repeat(np.arange(days.weeks), cells)),
            "product": np.tile(np.repeat(products, len(_KINDS)), days.weeks),
            "kind": list(_KINDS) * (len(products) * days.weeks),
            "demand": outcome.demand.ravel(),
            "served": outcome.served.ravel(),
        }
    )


def _waiting(told: Told) -> pl.DataFrame:
    """week, kind, patients."""
    days, outcome = told.years.calendar, told.outcome
    orders = outcome.demand.sum(axis=1)
    mondays = pl.Series([days.origin + timedelta(weeks=one) for one in range(days.weeks)])
    return pl.DataFrame(
        {
            "week": mondays.gather(np.repeat(np.arange(days.weeks), 3)),
            "kind": [*_KINDS, "line"] * days.weeks,
            "patients": np.column_stack([orders, outcome.waiting]).ravel(),
        }
    )


def _doses(told: Told) -> pl.DataFrame:
    """product, ending, doses."""
    products = told.years.network.frame("products")["product"].to_list()
    return pl.DataFrame(
        {
            "product": np.repeat(products, len(DOSE_ENDINGS)),
            "ending": list(DOSE_ENDINGS) * len(products),
            "doses": told.outcome.endings.ravel(),
        }
    )


def _sites(told: Told) -> pl.DataFrame:
    """site, product, infused."""
    network = told.years.network
    sites, products = network.frame("sites")["site"], network.frame("products")["product"]
    return pl.DataFrame(
        {
            "site": np.repeat(sites.to_list(), len(products)),
            "product": products.to_list() * len(sites),
            "infused": told.outcome.infused.sum(axis=2).ravel(),
        }
    )


def _activity(told: Told) -> pl.DataFrame:
    """product, made, transit, waiting, infused, residual, waste."""
    products = told.years.network.frame("products").select("product")
    parts = [pl.Series(name, told.outcome.activity[:, at]) for at, name in enumerate(_ACTIVITY)]
    return products.with_columns(parts)


def _isotope(told: Told) -> pl.DataFrame:
    """lot, source, line, delivered, drawn."""
    delivered, drawn = told.outcome.isotope.T
    return told.years.pools.select("lot", "source", "line").with_columns(
        pl.Series("delivered", delivered), pl.Series("drawn", drawn)
    )


def _fates(told: Told) -> pl.DataFrame:
    """fate, patients."""
    counts = np.bincount(told.outcome.fate, minlength=len(Fate))
    return pl.DataFrame({"fate": [fate.name.lower() for fate in Fate], "patients": counts})
