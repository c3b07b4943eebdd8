"""The tiny example and what does not depend on a seed, prepared once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.study.networks import references, tiny

from doseline.study.prepare import Prepared, prepare

if TYPE_CHECKING:
    from doseline.model.network import Network
    from doseline.study.reference import Reference


@pytest.fixture(scope="session")
def network() -> Network:
    """The tiny example."""
    return tiny()


@pytest.fixture(scope="session")
def reference() -> Reference:
    """Nuclides and rules."""
    return references()


@pytest.fixture(scope="session")
def prepared(network: Network, reference: Reference) -> Prepared:
    """The tiny example, ready for replications."""
    return prepare(network, reference)
