"""The example networks, read once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from doseline.io.folder import read_network
from doseline.io.reference import nuclide_table

if TYPE_CHECKING:
    from doseline.model.network import Network

ROOT = Path(__file__).parents[2]


def read(name: str) -> Network:
    """An example of the repository; it must be without any error."""
    network, findings = read_network(ROOT / "examples" / name, nuclides=nuclide_table())
    assert network is not None, findings
    return network


@pytest.fixture(scope="session")
def tiny() -> Network:
    return read("tiny")


@pytest.fixture(scope="session")
def us() -> Network:
    return read("us-lu177")
