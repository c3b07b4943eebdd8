"""What the tests of the routes share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from doseline.io.reference import nuclide_table

if TYPE_CHECKING:
    from doseline.physics.nuclides import NuclideTable


@pytest.fixture(scope="session")
def nuclides() -> NuclideTable:
    return nuclide_table()
