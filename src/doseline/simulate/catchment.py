"""Where patients of a region can go: the nearest places with their distances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from doseline.simulate.pathway import Bools, Floats, Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Catchment:
    """The k nearest places of each region, nearest first.

    Shapes are (region, k); ``places`` is -1 and ``km`` infinite where there are fewer. [km]
    """

    places: Ints
    km: Floats
    size: Floats
    """Size of each place (chairs, weekly slots): larger places draw more patients."""


def choose(catchment: Catchment, region: Ints, open_to: Bools, draw: Floats) -> Ints:
    """The place each patient goes to, -1 if none is open to them.

    A patient goes to a place with a probability proportional to its size over (distance + 20 km):
    a gravity model, so that large and near places draw more (assumption; nothing here knows who
    pays or what is earned).

    Args:
        catchment: Nearest places of all regions.
        region: Region of each patient, shape (n,).
        open_to: Whether each of the k places can take the patient, shape (n, k).
        draw: Uniform draws, shape (n,).
    """
    places = catchment.places[region]
    weight = np.where(open_to, catchment.size[places] / (catchment.km[region] + 20.0), 0.0)
    cumulative = np.cumsum(weight, axis=1)
    total = cumulative[:, -1]
    pick = (cumulative <= (draw * total)[:, None]).sum(axis=1)
    pick = np.minimum(pick, places.shape[1] - 1)
    chosen: Ints = np.where(total > 0, places[np.arange(len(region)), pick], -1)
    return chosen
