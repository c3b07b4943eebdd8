"""A synthetic national network of the size of the United States, from a seed. Every value is invented."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
from tests.routes.build import PSMA, lane, network

if TYPE_CHECKING:
    from collections.abc import Iterator

    from doseline.model.network import Network

WEEK = date(2026, 5, 4)

_ZONES = ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri")


def national(*, lines: int = 5, batches: int = 60, hubs: int = 50, sites: int = 800) -> Network:
    """Lines near a hub each, a day and a night flight between most hubs, couriers to near sites."""
    rng = np.random.default_rng(7)
    hub_at, site_at = rng.random((hubs, 2)) * (4000, 2000), rng.random((sites, 2)) * (4000, 2000)
    km = np.hypot(*(site_at[:, None] - hub_at).transpose(2, 0, 1))
    flights = list(_flights(hub_at, rng))
    return network(
        products=[PSMA | {"product": "a"}, PSMA | {"product": "b"}],
        lines=[{"line": f"L{n}", "zone": _zone(hub_at[n])} for n in range(lines)],
        hubs=[{"hub": f"H{n}", "zone": _zone(hub_at[n])} for n in range(hubs)],
        sites=[{"site": f"S{n}", "zone": _zone(site_at[n])} for n in range(sites)],
        batches=[_batch(n, lines) for n in range(batches)],
        suites=[_suite(n) for n in range(sites)],
        licences=[_licence(f"L{n}", "make") for n in range(lines)]
        + [_licence(f"S{n}", "treat") for n in range(sites)],
        lanes=[
            *(_courier(f"L{n}>H{to}", 60.0) for n in range(lines) for to in (n, (n + 1) % hubs)),
            *(one for one, _ in flights),
            *(
                _courier(f"H{hub}>S{site}", float(km[site, hub]))
                for site in range(sites)
                for hub in np.argsort(km[site])[:3].tolist()
            ),
        ],
        departures=[departure for _, departure in flights],
    )


def _flights(
    hub_at: Any, rng: np.random.Generator
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """A cargo night flight and a passenger day flight between two hubs in three of ten pairs."""
    for start in range(len(hub_at)):
        for end in range(len(hub_at)):
            if start == end or rng.random() > 0.3:
                continue
            km = float(np.hypot(*(hub_at[start] - hub_at[end])))
            for mode, hours, share in (
                ("air_cargo", (20, 24), 95.0),
                ("air_passenger", (6, 20), 90.0),
            ):
                yield _flight(
                    f"H{start}>H{end}/{mode}", mode, km, share, hour=int(rng.integers(*hours))
                )


def _flight(
    name: str, mode: str, km: float, on_time_percent: float, *, hour: int
) -> tuple[dict[str, Any], dict[str, Any]]:
    cost = Decimal(round((200 if mode == "air_cargo" else 120) + km * 0.1))
    flight = lane(
        name, mode=mode, duration_h=0.75 + km / 750, cost=cost, on_time_percent=on_time_percent
    )
    departure = {"lane": name, "weekdays": "Mon-Fri", "depart": f"{hour:02}:15", "cutoff_min": 90}
    return flight, departure


def _courier(name: str, km: float) -> dict[str, Any]:
    return lane(name, duration_h=km / 70, cost=Decimal(round(60 + km)), on_time_percent=98.0)


def _batch(number: int, lines: int) -> dict[str, Any]:
    return {
        "batch": f"b{number}",
        "line": f"L{number % lines}",
        "product": "ab"[number % 2],
        "weekday": _DAYS[number // lines % len(_DAYS)],
        "start": f"{number // lines // len(_DAYS) * 6 % 24:02}:00",
        "synthesis_h": 5.0,
        "qc_h": 3.0,
        "dose_cost": Decimal(1000),
    }


def _suite(number: int) -> dict[str, Any]:
    days = ("Mon-Fri", "Mon-Fri", "Tue Thu", "Mon Wed Fri")[number % 4]
    return {
        "suite": f"R{number}",
        "site": f"S{number}",
        "chairs": 1 + number % 3,
        "weekdays": days,
        "open": "08:00",
        "close": "16:00",
        "slots_per_day": 2 + number % 2,
    }


def _licence(holder: str, operation: str) -> dict[str, Any]:
    return {
        "licence": f"{holder}-{operation}",
        "holder": holder,
        "operation": operation,
        "nuclide": "Lu-177",
        "valid_from": date(2025, 1, 1),
        "valid_until": date(2029, 12, 31),
        "possession_gbq": 60.0,
    }


def _zone(at: Any) -> str:
    return _ZONES[int((4000 - float(at[0])) // 1000.1)]
