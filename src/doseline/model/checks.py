"""What does not make sense in a network, although every cell is well formed."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from doseline.model.findings import Finding
from doseline.model.network import Network


def check_network(
    network: Network, *, half_life_h: Mapping[str, float], broken: Collection[str] = ()
) -> tuple[Finding, ...]:
    """Nothing yet."""
    del network, half_life_h, broken
    return ()
