"""What a run needs beside the network: nuclides and rules, read by ``io`` and handed down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from doseline.io.reference import nuclide_table
from doseline.io.rulebooks import load_rulebook

if TYPE_CHECKING:
    from doseline.model.network import Network
    from doseline.physics.nuclides import NuclideTable
    from doseline.rules import RuleBook


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """The reference tables of a run."""

    nuclides: NuclideTable
    rulebook: RuleBook


def reference_for(network: Network) -> Reference:
    """The tables that a network asks for by name."""
    return Reference(nuclides=nuclide_table(), rulebook=load_rulebook(network.settings.rulebook))
