"""What is kept of a replication: the numbers that reports are made of, each by its name.

- ``arrivals``: all patients, warm-up and follow-up included.
- ``patients`` of a class or ``eligible``, and ``share`` of ``in_time``: of the cohort, by year of
  the clock start and of the whole time.
- ``lost`` at a link: of the cohort, by year and of the whole time.
- ``quarter`` of ``eligible``, and ``lost_share`` at a link: by quarter of the clock start, people and
  the share of them that is lost there.
- ``curve`` of a number of days: share of the eligible treated within them.
- ``days`` at a link: mean over the eligible. [d]
- ``waiting`` of a kind, ``served`` of a kind: patients and infusions by week.
- ``infusions``, ``doses`` of an ending, ``lost_doses`` at a link: of the whole time, warm-up
  included. Infusions are late ones too.
- ``line_use``, ``line_doses`` of a line: share of what its runs could hold, and doses, by year and
  of the whole time.
- ``site_doses`` of a site: infusions.
- ``activity`` of a step: what became of what was made. [GBq]
- ``isotope_use`` of a source: share of the delivered isotope that was drawn.

Money and gains, groups of people, months and limits of sites are told in the modules beside this.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from doseline.model.ledger import LINKS
from doseline.study.replications.groups import groups_of
from doseline.study.replications.job import TOLD_SCHEMA
from doseline.study.replications.months import months_of
from doseline.study.replications.uses import uses_of
from doseline.study.replications.worth import worth_of

if TYPE_CHECKING:
    from doseline.study.years.account import YearAccount

_YEAR = pl.date(pl.col("year"), 1, 1)
_ALWAYS = pl.lit(None, dtype=pl.Date)


def told_of(account: YearAccount) -> pl.DataFrame:
    """The numbers of a replication, by ``TOLD_SCHEMA``."""
    frames = account.frames
    patients = _by_year(_with_eligible(frames["patients"]), "class", "patients")
    lines = _by_year(frames["runs"], "line", "doses", "capacity")
    parts = [
        _told(frames["fates"].select(pl.col("patients").sum()), "arrivals", pl.lit("")),
        _told(patients, "patients", pl.col("class"), pl.col("patients")),
        _shares(patients),
        _told(_by_year(frames["lost"], "link", "patients"), "lost", pl.col("link")),
        _quarters(account),
        _curve(frames["curve"]),
        _told(frames["states"].with_columns(when=_ALWAYS), "days", pl.col("link"), _MEAN_DAYS),
        _told(_by_week(frames["waiting"], "patients"), "waiting", pl.col("kind")),
        _told(_by_week(frames["weeks"], "served"), "served", pl.col("kind"), pl.col("served")),
        _told(frames["sites"].select(_INFUSED.sum()), "infusions", pl.lit(""), _INFUSED),
        _told(_summed(frames["doses"], "ending", "doses"), "doses", pl.col("ending"), _DOSES),
        _told(_summed(frames["lost_doses"], "link", "doses"), "lost_doses", pl.col("link"), _DOSES),
        _told(lines, "line_doses", pl.col("line"), _DOSES),
        _told(lines, "line_use", pl.col("line"), _share_of(pl.col("doses"), pl.col("capacity"))),
        _told(_summed(frames["sites"], "site", "infused"), "site_doses", pl.col("site"), _INFUSED),
        _activity(frames["activity"]),
        _isotope(frames["isotope"]),
        worth_of(account),
        groups_of(account),
        months_of(account),
        uses_of(account),
    ]
    return pl.concat(parts)


_DOSES, _INFUSED = pl.col("doses"), pl.col("infused")
_MEAN_DAYS = pl.col("per_patient")


def _told(
    frame: pl.DataFrame,
    measure: str,
    of: pl.Expr,
    value: pl.Expr | None = None,
) -> pl.DataFrame:
    """Rows of one measure."""
    when = pl.col("when") if "when" in frame.columns else _ALWAYS
    value = pl.col("patients") if value is None else value
    columns = {"measure": pl.lit(measure), "of": of, "when": when, "value": value}
    return frame.select(**{name: one.cast(TOLD_SCHEMA[name]) for name, one in columns.items()})


def _by_year(frame: pl.DataFrame, of: str, *values: str) -> pl.DataFrame:
    """Sums by year, and of all years."""
    by_year = frame.group_by(_YEAR.alias("when"), of, maintain_order=True)
    always = frame.group_by(_ALWAYS.alias("when"), of, maintain_order=True)
    return pl.concat([one.agg(pl.col(*values).sum()) for one in (by_year, always)])


def _by_week(frame: pl.DataFrame, value: str) -> pl.DataFrame:
    return frame.group_by(pl.col("week").alias("when"), "kind", maintain_order=True).agg(
        pl.col(value).sum()
    )


def _summed(frame: pl.DataFrame, of: str, value: str) -> pl.DataFrame:
    return frame.group_by(of, maintain_order=True).agg(pl.col(value).sum())


def _with_eligible(patients: pl.DataFrame) -> pl.DataFrame:
    """The classes, and all of them together."""
    everyone = patients.group_by("year", maintain_order=True).agg(
        pl.lit("eligible").alias("class"), pl.col("patients").sum()
    )
    return pl.concat([patients, everyone])


def _shares(patients: pl.DataFrame) -> pl.DataFrame:
    """Share of the eligible treated in time; none where nobody is eligible."""
    everyone = patients.filter(pl.col("class") == "eligible").select("when", all="patients")
    treated = patients.filter(pl.col("class") == "in_time")
    both = treated.join(everyone, on="when", nulls_equal=True, maintain_order="left")
    return _told(both, "share", pl.lit("in_time"), _share_of(pl.col("patients"), pl.col("all")))


def _quarters(account: YearAccount) -> pl.DataFrame:
    """Eligible people by quarter of their clock start, and the share lost at each link."""
    origin, cohort = account.frames["waiting"]["week"][0], account.cohort
    day = pl.lit(origin) + pl.duration(days=pl.col("t0").floor().cast(pl.Int64))
    people = pl.DataFrame({"t0": cohort.t0, "at": cohort.account.link}).with_columns(
        when=day.dt.truncate("1q").cast(pl.Date)
    )
    links = pl.DataFrame({"at": range(len(LINKS)), "link": LINKS})
    all_of = people.group_by("when").agg(patients=pl.len()).sort("when")
    lost = people.group_by("when", "at").agg(lost=pl.len())
    grid = all_of.join(links, how="cross").join(lost, on=["when", "at"], how="left")
    share = pl.col("lost").fill_null(0) / pl.col("patients")
    return pl.concat(
        [
            _told(all_of, "quarter", pl.lit("eligible")),
            _told(grid, "lost_share", pl.col("link"), share),
        ]
    )


def _curve(curve: pl.DataFrame) -> pl.DataFrame:
    days = pl.col("days").cast(pl.String).str.zfill(3)
    share = _share_of(pl.col("patients"), pl.col("eligible"))
    return _told(curve.with_columns(when=_ALWAYS), "curve", days, share)


def _activity(activity: pl.DataFrame) -> pl.DataFrame:
    steps = activity.drop("product").sum().unpivot(variable_name="step", value_name="gbq")
    return _told(steps, "activity", pl.col("step"), pl.col("gbq"))


def _isotope(isotope: pl.DataFrame) -> pl.DataFrame:
    by_source = isotope.group_by("source", maintain_order=True).agg(
        pl.col("delivered", "drawn").sum()
    )
    used = _share_of(pl.col("drawn"), pl.col("delivered"))
    return _told(by_source, "isotope_use", pl.col("source"), used)


def _share_of(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    """A share, or nothing where the whole is nothing."""
    return pl.when(whole > 0).then(part / whole)
