"""``doseline calibrate`` as a planner uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator
from tests.cli.shell import ROOT, TINY, answer, doseline, is_chinese

from doseline.cli.contract import SCHEMAS
from doseline.cli.screen import Words
from doseline.io.folder import load
from doseline.model.variants import apply_variant
from doseline.study.calibrate.errors import CalibrateNotInstalledError
from doseline.study.calibrate.simulator import with_variants
from doseline.study.calibrate.store import NoPosteriorError, read_posterior

if TYPE_CHECKING:
    from pathlib import Path

TARGETS = ROOT / "examples" / "targets" / "tiny.toml"


def test_the_answer_keeps_its_schema_and_the_posterior_is_kept(tmp_path: Path) -> None:
    out = tmp_path / "calibrated"
    asked = ("calibrate", TINY, "--targets", TARGETS, "--years", "1.2", "--points", "6")
    done = doseline(*asked, "-q", "--json", "-o", out)
    found = answer(done)
    Draft202012Validator(SCHEMAS["calibrate"]).validate(found)
    assert (done.returncode, done.stderr) == (0, "")
    assert found["simulations"] == 2 * 2 * 6 + 12
    (unknown,) = found["unknowns"]
    assert unknown["prior_low"] == pytest.approx(0.4, rel=5e-3)
    assert unknown["posterior_high"] < unknown["prior_high"]
    assert {row["use"] for row in found["targets"]} == {"calibration", "validation"}
    kept = read_posterior(out)
    assert kept.draws.columns == ["draw", "delays on the way"]
    network = with_variants(load(TINY), kept.variants(3))
    assert apply_variant(network, "posterior-2").digest != network.digest
    page = (out / "calibration.html").read_text(encoding="utf-8")
    assert "STRESS. Objective" in page
    assert "STRESS 说明" in page
    assert (out / "variants.toml").read_text(encoding="utf-8").count("[variants.") == 20


def test_bad_input_is_a_sentence(tmp_path: Path) -> None:
    done = doseline("calibrate", TINY, "--targets", tmp_path / "none.toml", "-q")
    assert (done.returncode, done.stdout) == (2, "")
    assert "none.toml cannot be read as targets" in done.stderr
    bad = tmp_path / "bad.toml"
    bad.write_text("[[unknowns]]\nname = 'x'\n", encoding="utf-8")
    done = doseline("--lang", "zh", "calibrate", TINY, "--targets", bad, "-q")
    assert done.returncode == 2
    assert is_chinese(done.stderr)
    taken = tmp_path / "taken"
    taken.write_text("mine", encoding="utf-8")
    done = doseline("calibrate", TINY, "--targets", TARGETS, "-o", taken)
    assert (done.returncode, taken.read_text(encoding="utf-8")) == (2, "mine")
    assert str(taken) in done.stderr
    assert "Simulating" not in done.stderr
    with pytest.raises(NoPosteriorError, match="holds no calibration"):
        read_posterior(tmp_path)


def test_a_missing_library_says_how_to_install_it() -> None:
    assert "pip install 'doseline[calibrate]'" in str(CalibrateNotInstalledError())
    assert "doseline[calibrate]" in Words("zh")("error.calibrate_not_installed")
