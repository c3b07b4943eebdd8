"""Channels: commercial doses, a hospital's own, and those of a trial."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
import polars as pl

from doseline.errors import BadInputError
from doseline.model.supply import Batch, Line, Product
from doseline.simulate.booking import IN_TIME
from doseline.study.ledger import SMALLEST_CELL, interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from doseline.model.network import Network
    from doseline.rules import Channel
    from doseline.study.replicate import Replication


class MixedChannelsError(BadInputError):
    """One product is made in several channels, so that nobody could say how a dose is paid."""

    def __init__(self, product: str, channels: Sequence[str]) -> None:
        self.product, self.channels = product, tuple(channels)
        super().__init__(
            f"lines.csv, channel: product {product} is made by lines of several channels "
            f"({', '.join(channels)}). A dose has one channel: give each channel a product of its "
            "own, with its own batches."
        )


def channel_of(network: Network) -> dict[str, Channel]:
    """Channel of each product: that of the lines that make it; commercial where none does.

    Raises:
        MixedChannelsError: If lines of several channels make one product.
    """
    of_line = {line.line: line.channel for line in network.rows(Line)}
    made: dict[str, set[str]] = {}
    for batch in network.rows(Batch):
        made.setdefault(batch.product, set()).add(of_line[batch.line])
    found = {}
    for product in network.rows(Product):
        channels = sorted(made.get(product.product, {"commercial"}))
        if len(channels) > 1:
            raise MixedChannelsError(product.product, channels)
        found[product.product] = cast("Channel", channels[0])
    return found


def channels_frame(network: Network, replications: Sequence[Replication]) -> pl.DataFrame:
    """channel, product, patients, low, high, doses: treated in time, and infused in the horizon.

    Counts of the reference replication; ``low`` and ``high`` are the 5 % and 95 % points of the
    patients over all. Cells of too few patients are null.
    """
    channel = channel_of(network)
    count = len(channel)
    patients = np.array(
        [
            np.bincount(one.product[one.account.ending == IN_TIME], minlength=count)
            for one in replications
        ]
    )
    low, high = interval(patients)
    counts = pl.DataFrame(
        {
            "channel": list(channel.values()),
            "product": list(channel),
            "patients": patients[0],
            "low": low,
            "high": high,
            "doses": replications[0].served.sum(axis=0),
        }
    )
    shown = pl.col("patients") >= SMALLEST_CELL
    return counts.with_columns(
        pl.when(shown).then(pl.col("patients", "low", "high", "doses"))
    ).sort("channel", "product")
