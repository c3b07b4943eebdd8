"""A calibration as a folder: draws and simulations (Parquet), all that made them (JSON), tables."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from doseline.errors import BadInputError
from doseline.io.report.calibration_page import render_calibration
from doseline.io.tables import OutputFolder
from doseline.io.toml import toml_key, toml_value
from doseline.study.calibrate.result import variants_of

if TYPE_CHECKING:
    from pathlib import Path

    from doseline.study.calibrate.result import Calibrated

PAGE, ABOUT, DRAWS, POINTS = (
    "calibration.html",
    "calibration.json",
    "posterior.parquet",
    "simulated.parquet",
)
VARIANTS_FILE = "variants.toml"
LISTED = 20
"""Draws that are written as variants."""


class NoPosteriorError(BadInputError):
    """A folder holds no calibration."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(
            f"{path} holds no calibration of doseline. "
            "Make one with: doseline calibrate NETWORK --targets FILE -o FOLDER"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Posterior:
    """A calibration that was read again."""

    about: dict[str, Any]
    draws: pl.DataFrame
    """Factors by name of the unknown, one row a draw."""

    def variants(self, count: int) -> dict[str, dict[str, float]]:
        """The first draws as variants of the network, by name."""
        factor_of = {one["name"]: one["factor"] for one in self.about["unknowns"]}
        return variants_of(self.draws, factor_of, count)


def about(done: Calibrated) -> dict[str, Any]:
    """What a calibration is, as JSON: targets, seeds, version, what was found."""
    draws = done.fitted.draws
    return {
        "network": done.network,
        "digest": done.digest,
        "version": done.version,
        "period": dataclasses.asdict(done.period),
        "seed": done.effort.seed,
        "seeds_per_point": done.effort.seeds,
        "points": len(done.fitted.points),
        "simulations": len(done.fitted.points) * done.effort.seeds + len(done.fitted.checked_at),
        "draws": len(draws.at),
        "independent_draws": draws.independent,
        "accepted": draws.accepted,
        "unknowns": _plain(done.unknowns()),
        "targets": _plain(done.met()),
    }


def _plain(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows without figures that are none."""
    return frame.with_columns(pl.col(pl.Float64).fill_nan(None)).to_dicts()


def write_calibration(done: Calibrated, output: Path, *, language: str = "en") -> Path:
    """Write a calibration into a folder.

    Returns:
        The page's path.

    Raises:
        NotOurFolderError: If the folder holds something that is no result of ours.
        UnwritableFolderError: If nothing can be written there.
    """
    told, draws = about(done), done.draws()
    factor_of = {one.name: one.factor for one in done.targets.unknowns}
    page = render_calibration(told, done.unknowns(), done.met(), language=language)
    with OutputFolder(output) as fresh:
        text = json.dumps(told, ensure_ascii=False, indent=1, default=str)
        (fresh / ABOUT).write_text(text + "\n", encoding="utf-8")
        draws.write_parquet(fresh / DRAWS)
        done.simulated().write_parquet(fresh / POINTS)
        done.unknowns().write_csv(fresh / "unknowns.csv")
        done.met().write_csv(fresh / "targets.csv")
        variants = variants_toml(variants_of(draws, factor_of, LISTED))
        (fresh / VARIANTS_FILE).write_text(variants, encoding="utf-8")
        (fresh / PAGE).write_text(page, encoding="utf-8")
    return output / PAGE


def read_posterior(folder: Path) -> Posterior:
    """Read a calibration that was written.

    Raises:
        NoPosteriorError: If there is none.
    """
    try:
        told = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        return Posterior(about=told, draws=pl.read_parquet(folder / DRAWS))
    except (OSError, ValueError, pl.exceptions.PolarsError) as error:
        raise NoPosteriorError(folder) from error


def variants_toml(variants: dict[str, dict[str, float]]) -> str:
    """Sections for ``network.toml``, one a variant."""
    lines: list[str] = []
    for name, factors in variants.items():
        lines += ["", f"[{toml_key(f'variants.{name}')}]"]
        lines += [f'"{target}" = {toml_value(factor)}' for target, factor in factors.items()]
    return "\n".join(lines[1:]) + "\n"
