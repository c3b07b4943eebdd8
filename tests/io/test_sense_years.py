"""Tables of years that are well formed and make no sense."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.io.broken import codes, findings, lines, only, place

from doseline.io.folder import load
from doseline.model.findings import ERROR

if TYPE_CHECKING:
    from pathlib import Path

CHANGE = "line,valid_from,valid_until,available_percent,cause,evidence\n"
APPEAL = "payer,first_denied_percent,appealed_percent,median_days,evidence\n"
MIX = "product,sex,age_from,share_percent,evidence\n"


def add(folder: Path, table: str, rows: str) -> None:
    (folder / f"{table}.csv").write_text(rows + "\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("rows", "code", "where"),
    [
        (
            "line-a,2026-05-04,2026-05-03,0,quality_stop,invented",
            "dates_reversed",
            ("line_changes", 2, "valid_until"),
        ),
        (
            (
                "line-a,2026-05-04,2026-06-01,0,quality_stop,invented\n"
                "line-a,2026-06-01,,50,ramp,invented"
            ),
            "line_periods_overlap",
            ("line_changes", 3, "valid_from"),
        ),
    ],
)
def test_periods_of_a_line(folder: Path, rows: str, code: str, where: tuple[str, int, str]) -> None:
    add(folder, "line_changes", CHANGE + rows)
    finding = only(folder, code)
    assert (place(finding), finding.severity) == (where, ERROR)


def test_a_ramp_after_a_stop_is_allowed(folder: Path) -> None:
    rows = "line-a,2026-05-04,2026-06-01,0,quality_stop,invented\n"
    add(folder, "line_changes", CHANGE + rows + "line-a,2026-06-02,,50,ramp,invented")
    assert not [one for one in findings(folder) if one.table == "line_changes"]


def test_appeals_must_leave_the_final_denials(folder: Path) -> None:
    payers = lines(folder, "payers")
    final = float(payers[1][payers[0].index("denied_percent")])
    name = payers[1][0]
    add(folder, "appeals", f"{APPEAL}{name},{final + 10},100,20,invented")
    assert "appeals_cannot_explain" not in codes(folder)
    add(folder, "appeals", f"{APPEAL}{name},{final + 10},0,20,invented")
    finding = only(folder, "appeals_cannot_explain")
    assert (place(finding), finding.severity) == (("appeals", 2, "first_denied_percent"), ERROR)
    if final > 0:
        add(folder, "appeals", f"{APPEAL}{name},{final / 2},100,20,invented")
        assert "appeals_cannot_explain" in codes(folder)


def test_a_mix_is_of_all_patients(folder: Path) -> None:
    add(folder, "patient_mix", f"{MIX}lu-psma,male,0,30,invented\nlu-psma,male,65,70,invented")
    assert "mix_not_whole" not in codes(folder)
    assert load(folder).frame("patient_mix").height == 2
    add(folder, "patient_mix", f"{MIX}lu-psma,male,0,30,invented\nlu-psma,male,65,60,invented")
    finding = only(folder, "mix_not_whole")
    assert (place(finding), finding.severity) == (("patient_mix", 2, "share_percent"), ERROR)


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        ("growth", "product,growth_percent,evidence\nlu-psma,5,invented"),
        ("releases", "line,failed_percent,evidence\nline-a,2,invented"),
        ("course_events", "product,hold_continuing_percent,evidence\nlu-psma,4,invented"),
    ],
)
def test_other_tables_of_years_are_read(folder: Path, table: str, rows: str) -> None:
    add(folder, table, rows)
    assert not [one for one in findings(folder) if one.table == table]
    assert load(folder).frame(table).height == 1
