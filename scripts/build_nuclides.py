"""Build the nuclide table of the package from an evaluation, a line list and a regulation.

The two packages it reads are no dependency of the project. To run it::

    python3 -m venv /tmp/nuclides
    /tmp/nuclides/bin/pip install mendeleev==1.3.0 actigamma==0.1.5
    /tmp/nuclides/bin/python scripts/build_nuclides.py src/doseline/data/nuclides.csv

* Half-lives and branches of ground states: NUBASE2020, as mendeleev carries it.
* Isomers, feeding of isomers, and branches whose exponent mendeleev has lost: the tables below.
* Air kerma constants: computed here from the photon lines of actigamma (its `lines_decay_2012`).
* Transport figures: 49 CFR 173.435 and 173.436, typed below from a copy of both tables.
"""

from __future__ import annotations

import bisect
import csv
import json
import math
import sqlite3
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

SEEDS = (
    "Lu-177",
    "Lu-177m",
    "Yb-177",
    "Yb-175",
    "Lu-173",
    "Lu-174",
    "Ac-225",
    "Ac-227",
    "Ra-225",
    "Th-229",
    "Th-227",
    "Ra-223",
    "Ra-224",
    "Ra-226",
    "Ra-228",
    "Th-228",
    "Pb-212",
    "At-211",
    "At-210",
    "I-131",
    "I-125",
    "I-123",
    "I-124",
    "Tb-149",
    "Tb-152",
    "Tb-155",
    "Tb-160",
    "Tb-161",
    "Cu-61",
    "Cu-64",
    "Cu-67",
    "Ga-67",
    "Ga-68",
    "Ge-68",
    "F-18",
    "C-11",
    "N-13",
    "Rb-82",
    "Sr-82",
    "Zr-89",
    "Sc-43",
    "Sc-44",
    "Sc-47",
    "Y-86",
    "Y-90",
    "Sr-89",
    "Sr-90",
    "Sm-153",
    "Ho-166",
    "Re-186",
    "Re-188",
    "W-188",
    "Er-169",
    "P-32",
    "In-111",
    "Mo-99",
    "Tc-99m",
    "Pb-203",
    "Xe-133",
    "Ir-192",
    "Cs-137",
    "Co-57",
    "Co-60",
)
"""What the product meets; every radioactive descendant joins the table with them."""

LONGEST_FOLLOWED_Y = 1e9
"""Descendants that live longer count as stable. [y]"""

SMALLEST_BRANCH_PERCENT = 1e-4
"""Branches below are left out. [%]"""

UNIT = {
    "nsec": "ns",
    "usec": "us",
    "msec": "ms",
    "sec": "s",
    "minute": "min",
    "hour": "h",
    "day": "d",
    "year": "y",
    "kyear": "ky",
    "Myear": "My",
}
YEARS = {
    "ns": 1e-9 / 31556926,
    "us": 1e-6 / 31556926,
    "ms": 1e-3 / 31556926,
    "s": 1 / 31556926,
    "min": 60 / 31556926,
    "h": 3600 / 31556926,
    "d": 86400 / 31556926,
    "y": 1.0,
    "ky": 1e3,
    "My": 1e6,
}

ISOMERS = {
    "Lu-177m": ("160.4", "d", {"B-": 77.30, "IT": 22.70}),
    "Tc-99m": ("6.0066", "h", {"IT": 99.9963, "B-": 0.0037}),
    "Y-89m": ("15.663", "s", {"IT": 100.0}),
    "Xe-131m": ("11.948", "d", {"IT": 100.0}),
    "Ba-137m": ("2.552", "min", {"IT": 100.0}),
}
"""Isomers of NUBASE2020, which mendeleev leaves out: half-life, unit, branches. [%]"""

FEEDING = {
    "Mo-99": ("B-", "Tc-99m", 87.6),
    "Zr-89": ("B+", "Y-89m", 99.04),
    "I-131": ("B-", "Xe-131m", 1.09),
    "Cs-137": ("B-", "Ba-137m", 94.4),
}
"""Share of decays that pass an isomer of the daughter: ENSDF, from memory. [%]"""

BRANCHES = {
    "Po-215": {"A": 100.0},
    "Bi-211": {"A": 99.724, "B-": 0.276},
    "Fr-221": {"A": 99.9952, "B-": 0.0048},
    "Fr-223": {"A": 0.006, "B-": 99.994},
    "Tb-152": {"B+": 100.0},
    "Bi-210": {"B-": 99.999868, "A": 0.000132},
    "Gd-149": {"B+": 99.99957, "A": 0.00043},
    "Pb-210": {"B-": 100.0},
    "Pm-145": {"EC": 100.0},
}
"""Branches written as 'about', or whose exponent mendeleev has lost: NUBASE2020. [%]"""

SHIFT = {"A": (-2, -4), "B-": (1, 0), "B+": (-1, 0), "EC": (-1, 0), "IT": (0, 0)}

AIR_ENERGY_MEV = (
    0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.15, 0.2, 0.3,
    0.4, 0.5, 0.6, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0,
)  # fmt: skip
AIR_CM2_G = (
    0.5389, 0.1537, 0.06833, 0.04098, 0.03041, 0.02407, 0.02325, 0.02496, 0.02672, 0.02872,
    0.02949, 0.02966, 0.02953, 0.02882, 0.02789, 0.02666, 0.02547, 0.02345, 0.02057, 0.01870,
)  # fmt: skip
"""Mass energy-absorption of dry air (NIST, from memory, about 1 %). [cm²/g]"""

KERMA_UGY = 1e9 * 3600 * 1.602176634e-13 * 1e3 / (4 * math.pi * 1e4) * 1e6
"""Air kerma rate at 1 m per GBq, MeV and cm²/g. [µGy/h]"""

LEAST_PHOTON_MEV = 0.02

TRANSPORT = {
    "Ac-225": (0.8, 0.006, 1e1, 1e4),
    "Ac-227": (0.9, 9e-5, 1e-1, 1e3),
    "Ac-228": (0.6, 0.5, 1e1, 1e6),
    "At-211": (20, 0.5, 1e3, 1e7),
    "Bi-207": (0.7, 0.7, 1e1, 1e6),
    "Bi-210": (1, 0.6, 1e3, 1e6),
    "Bi-212": (0.7, 0.6, 1e1, 1e5),
    "C-11": (1, 0.6, 1e1, 1e6),
    "Co-57": (10, 10, 1e2, 1e6),
    "Co-60": (0.4, 0.4, 1e1, 1e5),
    "Cs-137": (2, 0.6, 1e1, 1e4),
    "Cu-64": (6, 1, 1e2, 1e6),
    "Cu-67": (10, 0.7, 1e2, 1e6),
    "Er-169": (40, 1, 1e4, 1e7),
    "Eu-149": (20, 20, 1e2, 1e7),
    "F-18": (1, 0.6, 1e1, 1e6),
    "Ga-67": (7, 3, 1e2, 1e6),
    "Ga-68": (0.5, 0.5, 1e1, 1e5),
    "Ge-68": (0.5, 0.5, 1e1, 1e5),
    "Ho-166": (0.4, 0.4, 1e3, 1e5),
    "I-123": (6, 3, 1e2, 1e7),
    "I-124": (1, 1, 1e1, 1e6),
    "I-125": (20, 3, 1e3, 1e6),
    "I-131": (3, 0.7, 1e2, 1e6),
    "In-111": (3, 3, 1e2, 1e6),
    "Ir-192": (1, 0.6, 1e1, 1e4),
    "Lu-173": (8, 8, 1e2, 1e7),
    "Lu-174": (9, 9, 1e2, 1e7),
    "Lu-177": (30, 0.7, 1e3, 1e7),
    "Mo-99": (1, 0.6, 1e2, 1e6),
    "N-13": (0.9, 0.6, 1e2, 1e9),
    "P-32": (0.5, 0.5, 1e3, 1e5),
    "Pb-203": (4, 3, 1e2, 1e6),
    "Pb-210": (1, 0.05, 1e1, 1e4),
    "Pb-212": (0.7, 0.2, 1e1, 1e5),
    "Pm-145": (30, 10, 1e3, 1e7),
    "Po-210": (40, 0.02, 1e1, 1e4),
    "Ra-223": (0.4, 0.007, 1e2, 1e5),
    "Ra-224": (0.4, 0.02, 1e1, 1e5),
    "Ra-225": (0.2, 0.004, 1e2, 1e5),
    "Ra-226": (0.2, 0.003, 1e1, 1e4),
    "Ra-228": (0.6, 0.02, 1e1, 1e5),
    "Re-186": (2, 0.6, 1e3, 1e6),
    "Re-188": (0.4, 0.4, 1e2, 1e5),
    "Rn-222": (0.3, 0.004, 1e1, 1e8),
    "Sc-44": (0.5, 0.5, 1e1, 1e5),
    "Sc-47": (10, 0.7, 1e2, 1e6),
    "Sm-145": (10, 10, 1e2, 1e7),
    "Sm-153": (9, 0.6, 1e2, 1e6),
    "Sr-82": (0.2, 0.2, 1e1, 1e5),
    "Sr-89": (0.6, 0.6, 1e3, 1e6),
    "Sr-90": (0.3, 0.3, 1e2, 1e4),
    "Tb-160": (1, 0.6, 1e1, 1e6),
    "Tc-99": (40, 0.9, 1e4, 1e7),
    "Tc-99m": (10, 4, 1e2, 1e7),
    "Th-227": (10, 0.005, 1e1, 1e4),
    "Th-228": (0.5, 0.001, 1e0, 1e4),
    "Th-229": (5, 0.0005, 1e0, 1e3),
    "W-188": (0.4, 0.3, 1e2, 1e5),
    "Xe-131m": (40, 40, 1e4, 1e4),
    "Xe-133": (20, 10, 1e3, 1e4),
    "Y-90": (0.3, 0.3, 1e3, 1e5),
    "Yb-175": (30, 0.9, 1e3, 1e7),
}
"""A1 [TBq], A2 [TBq], exempt concentration [Bq/g], exempt consignment [Bq].

The copy of AFMAN 24-604 that was read prints other exemptions for Ac-227 and Ac-228 than
49 CFR 173.436; those two are from a copy of the regulation itself.
"""

COLUMNS = (
    "nuclide",
    "half_life",
    "half_life_unit",
    "modes",
    "decay_source",
    "air_kerma_ugy_m2_gbq_h",
    "kerma_source",
    "listed",
    "a1_tbq",
    "a2_tbq",
    "exempt_bq_g",
    "exempt_bq",
    "transport_source",
)


class Decay(NamedTuple):
    """Half-life and branches of one nuclide."""

    half_life: str
    unit: str
    branches: list[tuple[str, str, float]]
    """Mode, daughter and share. [%]"""
    source: str


class Evaluation:
    """NUBASE2020 as mendeleev carries it, with the isomers beside it."""

    def __init__(self) -> None:
        path = files("mendeleev") / "elements.db"
        self._database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        rows = self._database.execute("select symbol, atomic_number from elements").fetchall()
        self._number: dict[str, int] = dict(rows)
        self._symbol = {number: symbol for symbol, number in rows}

    def decay(self, name: str) -> Decay | None:
        """Half-life and branches, or None for what counts as stable."""
        if name in ISOMERS:
            half_life, unit, shares = ISOMERS[name]
            return Decay(half_life, unit, self._daughters(name, shares), "nubase-isomer")
        symbol, mass = name.split("-")
        found = self._database.execute(
            "select id, half_life, half_life_unit, is_radioactive from isotopes "
            "where atomic_number = ? and mass_number = ?",
            (self._number[symbol], int(mass)),
        ).fetchone()
        if found is None or not found[3] or found[2] not in UNIT:
            return None
        unit = UNIT[found[2]]
        if found[1] * YEARS[unit] > LONGEST_FOLLOWED_Y:
            return None
        shares = BRANCHES.get(name) or self._shares(name, found[0])
        source = "nubase-feeding" if name in FEEDING else "nubase"
        return Decay(f"{found[1]:g}", unit, self._daughters(name, shares), source)

    def _shares(self, name: str, isotope: int) -> dict[str, float]:
        """Share of each mode that is followed, as evaluated [%]."""
        rows = self._database.execute(
            "select mode, intensity from isotopedecaymodes where isotope_id = ?", (isotope,)
        ).fetchall()
        shares = {
            mode: percent
            for mode, percent in rows
            if mode in SHIFT and percent is not None and percent >= SMALLEST_BRANCH_PERCENT
        }
        total = sum(shares.values())
        if not math.isclose(total, 100, abs_tol=1e-3):
            raise SystemExit(f"{name}: the branches {shares} sum to {total} %. Add it to BRANCHES.")
        return shares

    def _daughters(self, name: str, shares: dict[str, float]) -> list[tuple[str, str, float]]:
        """Mode, daughter and share of each branch, an isomer of the daughter apart."""
        symbol, mass = name.rstrip("m").split("-")
        branches: list[tuple[str, str, float]] = []
        for mode, percent in sorted(shares.items(), key=lambda share: -share[1]):
            more_protons, more_mass = SHIFT[mode]
            daughter = (
                f"{self._symbol[self._number[symbol] + more_protons]}-{int(mass) + more_mass}"
            )
            fed_mode, isomer, fed = FEEDING.get(name, ("", "", 0.0))
            by_isomer = fed if mode == fed_mode else 0.0
            if by_isomer:
                branches.append((mode, isomer, by_isomer))
            branches.append((mode, daughter, percent - by_isomer))
        return branches


def follow(evaluation: Evaluation) -> dict[str, Decay]:
    """The seeds and all descendants that count as radioactive."""
    table: dict[str, Decay] = {}
    waiting = list(SEEDS)
    while waiting:
        name = waiting.pop(0)
        decay = evaluation.decay(name)
        if name in table or decay is None:
            continue
        table[name] = decay
        waiting += [daughter for _, daughter, _ in decay.branches]
    return table


def air_cm2_g(energy_mev: float) -> float:
    """Mass energy-absorption of air, log-log between the points of the table [cm²/g]."""
    after = min(max(bisect.bisect(AIR_ENERGY_MEV, energy_mev), 1), len(AIR_ENERGY_MEV) - 1)
    x0, x1 = (math.log(AIR_ENERGY_MEV[k]) for k in (after - 1, after))
    y0, y1 = (math.log(AIR_CM2_G[k]) for k in (after - 1, after))
    return math.exp(y0 + (y1 - y0) * (math.log(energy_mev) - x0) / (x1 - x0))


def air_kerma(name: str, lines: dict[str, Any]) -> str:
    """Air kerma constant of a nuclide's own photons, empty where no lines are known."""
    if name.replace("-", "") not in lines:
        return ""
    entry = lines[name.replace("-", "")]
    total = 0.0
    for kind in ("gamma", "x-ray"):
        found = entry.get(kind, {}).get("lines", {})
        energies, shares = found.get("energies", []), found.get("intensities", [])
        norms = found.get("norms", [])
        for energy_ev, share, norm in zip(energies, shares, norms, strict=True):
            energy_mev = energy_ev * 1e-6
            if energy_mev > LEAST_PHOTON_MEV:
                total += energy_mev * share * norm * air_cm2_g(energy_mev)
    return f"{KERMA_UGY * total:.4g}"


def row(name: str, decay: Decay, lines: dict[str, Any]) -> dict[str, str]:
    """One row of the table."""
    kerma = air_kerma(name, lines)
    printed = TRANSPORT.get(name)
    figures = [f"{figure:g}" for figure in printed] if printed else ["", "", "", ""]
    return dict(
        zip(
            COLUMNS,
            [
                name,
                decay.half_life,
                decay.unit,
                "; ".join(
                    f"{mode} {to} {round(share, 6):.9g}" for mode, to, share in decay.branches
                ),
                decay.source,
                kerma,
                "kerma-lines" if kerma else "",
                "yes" if printed else "no",
                *figures,
                "cfr-173-435" if printed else "cfr-173-433",
            ],
            strict=True,
        )
    )


def main() -> None:
    """Write the table to the path given."""
    lines = json.loads((files("actigamma") / "data" / "lines_decay_2012.min.json").read_text())
    table = follow(Evaluation())
    unused = set(TRANSPORT) - set(table)
    if unused:
        raise SystemExit(f"Transport figures of nuclides that are not in the table: {unused}")
    with Path(sys.argv[1]).open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(row(name, decay, lines) for name, decay in table.items())


if __name__ == "__main__":
    main()
