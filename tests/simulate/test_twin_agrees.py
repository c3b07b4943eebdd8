"""The compiled engine and its twin say the same of random worlds, event by event."""

from __future__ import annotations

import pytest
from tests.simulate.comparison import run_both
from tests.simulate.random_worlds import random_case

from doseline.simulate import twin

engine = pytest.importorskip("doseline.simulate.engine.run")


@pytest.mark.parametrize("seed", range(24))
def test_the_engine_and_its_twin_agree(seed: int) -> None:
    assert run_both(random_case(seed), twin.simulate, engine.simulate) == []
