"""What a run needs beside the network: nuclides and rules, read by ``io`` and handed down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from doseline.io.reference import nuclide_table
from doseline.io.rulebooks import load_rulebook

if TYPE_CHECKING:
    from doseline.model.network import Network
    from doseline.physics.nuclides import NuclideTable
    from doseline.rules import Change, RuleBook


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """The reference tables of a run."""

    nuclides: NuclideTable
    rulebook: RuleBook
    changes: tuple[Change, ...] = ()
    """What a what-if has changed in the rulebook."""


def reference_for(network: Network, changes: tuple[Change, ...] = ()) -> Reference:
    """The tables that a network asks for by name.

    Args:
        network: The network.
        changes: Those of a what-if; none as the rulebook stands.

    Raises:
        UnknownParameterError: If a change names a parameter that there is not.
    """
    rulebook = load_rulebook(network.settings.rulebook)
    return Reference(
        nuclides=nuclide_table(),
        rulebook=rulebook.changed(changes) if changes else rulebook,
        changes=changes,
    )
