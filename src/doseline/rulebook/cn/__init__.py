"""The rulebook of China: list and renewal, payment by stay and city, insurance, trial, hospital.

Rules are in the modules, numbers in ``parameters/``, worked examples in ``tests/``.
"""

from __future__ import annotations

from doseline.rulebook.cn.book import BLUEPRINT

__all__ = ["BLUEPRINT"]
