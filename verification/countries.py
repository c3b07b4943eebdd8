"""The two countries: the same bytes from any number of processes, and the people of each census."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from tests.cli import shell
from tests.examples import test_example_us as us
from tests.run.test_repeatable import _content as content_of
from verification.outcome import Outcome
from verification.watch import swapped

from doseline.io.folder import load

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
LONGEST_S = 3600
"""Time that one run may take on a busy machine. [s]"""


def same_bytes_us() -> Outcome:
    """Two runs of the US, with one and with two processes, write the same files."""
    return _same_bytes("us-lu177")


def same_bytes_cn() -> Outcome:
    """Two runs of China, with one and with two processes, write the same files."""
    return _same_bytes("cn-rlt")


def _same_bytes(example: str) -> Outcome:
    with tempfile.TemporaryDirectory() as folder:
        # From a copy, so that nobody changes the program or the network between the runs.
        program, network = Path(folder) / "src", Path(folder) / "network"
        shutil.copytree(ROOT / "src", program)
        shutil.copytree(EXAMPLES / example, network)
        outputs = [Path(folder) / workers for workers in ("1", "2")]
        with swapped(shell, LONGEST_S=LONGEST_S):
            for output in outputs:
                call = (network, "-o", output, "--workers", output.name, "--quiet", "--json")
                done = shell.doseline("run", *call, PYTHONPATH=str(program))
                assert done.returncode == 0, done.stderr
        one, two = (content_of(output) for output in outputs)
    assert one.keys() == two.keys()
    assert one == two, [name for name in one if one[name] != two[name]]
    size = sum(len(content) for content in one.values())
    return Outcome(
        cases=f"{len(one)} files, {size:,} bytes, 1 and 2 processes",
        tolerance="every byte",
        largest="0 bytes",
        source="the other run",
    )


def population_us() -> Outcome:
    """Counties of the network sum to the population of every state."""
    network = load(EXAMPLES / "us-lu177")
    us.test_counties_sum_to_the_states_of_the_2023_estimate(network)
    us.test_every_county_and_connecticuts_planning_regions_are_there(network)
    regions = network.frame("regions")
    return Outcome(
        cases=f"{regions.height:,} counties, {regions['part_of'].n_unique()} states with DC",
        tolerance="exact",
        largest="0 people",
        source="Census Bureau, estimate of July 1, 2023, state table",
    )
