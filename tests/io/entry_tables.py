"""Small tables of entry that go with the tiny example."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

TABLES = {
    "entry_terms": (
        "product,valued_on,counted_until,discount_percent,low_discount_percent,evidence",
        "lu-psma,2026-01-01,2035-12-31,10,8,invented",
    ),
    "entry_routes": (
        "route,product,name,name_zh,starts,evidence",
        "first,lu-psma,Trial first,先做研究,2026-01-01,invented",
    ),
    "entry_steps": (
        "route,step,name,name_zh,after,milestone,days,high_days,windows,tries,success_percent,cost,evidence",
        "first,trial,Trial,临床研究,,human_data,200,400,,1,60,2000000,invented",
        "first,file,Review,审评,trial,approval,100,,,1,,500000,label-pluvicto",
        "first,listing,List,目录,file,listing,0,,06-30>01-01,2,80,100000,invented",
    ),
    "entry_uses": (
        "route,use,kind,begins,replaces,share_percent,high_share_percent,ramp_days,price,evidence",
        "first,sold,unlisted,file,,10,20,365,,invented",
        "first,listed,listed,listing,sold,40,60,365,30000,invented",
    ),
}
"""Lines of each table."""


def add_entry(folder: Path) -> None:
    """Add the tables to a network folder."""
    for name, lines in TABLES.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
