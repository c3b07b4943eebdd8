"""Names under which things that a network lists draw their random numbers."""

from __future__ import annotations

from doseline.model.chance import hash64


def listed_key(order: str) -> int:
    """The key of an order that the network lists."""
    return hash64(f"listed order|{order}")
