"""Headroom of sites of the US example, against building the options of the whole network.

Run as ``python -m benchmarks.headroom [--quick]``. Both answer for the same four weeks: headroom
from the options of one site, beside limits, counting and what one unit more of each resource is
worth; the peer builds the options of all sites and nothing else. The time of the command as a
person waits for it is measured, too.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

# Before polars starts its threads.
os.environ["POLARS_MAX_THREADS"] = "1"

from benchmarks.rows import Row, best_of, on_one_core, tell

from doseline.io.folder import load
from doseline.routes.options import build_options
from doseline.study.headroom import DAYS, headroom
from doseline.study.headroom_site import mondays
from doseline.study.reference import reference_for

US = Path(__file__).parents[1] / "examples" / "us-lu177"
DOSELINE = str(Path(sys.executable).with_name("doseline"))
SITES, QUICK_SITES = 16, 2
REPEATS, QUICK_REPEATS = 3, 1
PROMISED_S = 3.0
"""What the project promises for one site of the US example, from the shell. [s]"""


def main() -> None:
    """Measure and tell."""
    on_one_core()
    quick = "--quick" in sys.argv[1:]
    network = load(US)
    reference = reference_for(network)
    names = network.frame("sites")["site"].to_list()
    count, repeats = (QUICK_SITES, QUICK_REPEATS) if quick else (SITES, REPEATS)
    asked = names[:: len(names) // count][:count]

    def one(site: str) -> float:
        return best_of(repeats, lambda: headroom(network, site, reference=reference))[1]

    ours = sorted(one(site) for site in asked)
    weeks = mondays(network, start=network.settings.plan_week, days=DAYS)

    def whole() -> None:
        for week in weeks:
            build_options(network, nuclides=reference.nuclides, week=week)

    _, peer = best_of(repeats, whole)
    _, shell = best_of(repeats, lambda: _from_the_shell(asked[0]))
    middle = ours[len(ours) // 2]
    told = f"options of all {len(names)} sites for the same {len(weeks)} weeks, alone"
    tell(
        [
            Row(
                what=f"headroom of a site, {DAYS} days, median of {count} sites",
                figure=middle,
                unit="s",
                ratio=middle / peer,
                peer=told,
            ),
            Row(
                what="headroom of the slowest of them",
                figure=ours[-1],
                unit="s",
                ratio=ours[-1] / peer,
                peer=told,
            ),
            Row(
                what="doseline headroom of one site, from the shell",
                figure=shell,
                unit="s",
                ratio=shell / PROMISED_S,
                peer=f"the {PROMISED_S:g} s promised",
            ),
        ]
    )


def _from_the_shell(site: str) -> None:
    subprocess.run([DOSELINE, "headroom", str(US), site, "--json"], check=True, capture_output=True)


if __name__ == "__main__":
    main()
