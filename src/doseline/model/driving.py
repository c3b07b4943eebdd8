"""Hours at the wheel: how many rests a drive needs and how long it then takes."""

from __future__ import annotations

_MS_PER_H = 3_600_000


def rests(driving_h: float, drive_h_max: float | None) -> int:
    r"""Rests that a drive needs, when nobody drives longer than so many hours without one.

    A drive of :math:`d` with at most :math:`m` at a stretch needs
    :math:`\lceil d / m \rceil - 1`: none up to and with :math:`m`, and none on arrival. Times
    count in whole milliseconds, so that rounding makes no rest.

    Args:
        driving_h: Time at the wheel. [h]
        drive_h_max: Longest stretch; None, or no positive time: no rest is asked for. [h]

    >>> [rests(driving_h, 4.0) for driving_h in (0.0, 4.0, 4.5, 8.0, 12.1)]
    [0, 0, 1, 1, 3]
    """
    stretch_ms = round((drive_h_max or 0.0) * _MS_PER_H)
    if stretch_ms <= 0:
        return 0
    return max(0, round(driving_h * _MS_PER_H) - 1) // stretch_ms


def drive_h(driving_h: float, *, drive_h_max: float | None, rest_h: float) -> float:
    """Time from departure to arrival of a drive with its rests. [h]

    >>> drive_h(10.0, drive_h_max=4.0, rest_h=0.5)
    11.0
    """
    return driving_h + rest_h * rests(driving_h, drive_h_max)
