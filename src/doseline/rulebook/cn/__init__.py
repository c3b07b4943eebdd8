"""The first rulebook of China: list pattern, payment by stay and city, trial and self-pay.

Rules are in the modules, numbers in ``parameters/``, worked examples in ``tests/``.
"""

from __future__ import annotations

from doseline.rulebook.cn.book import BLUEPRINT

__all__ = ["BLUEPRINT"]
