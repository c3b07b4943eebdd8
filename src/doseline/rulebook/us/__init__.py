"""The first rulebook of the United States: hospital outpatient payment and one pattern per payer.

Rules are in the modules, numbers in ``parameters/``, worked examples in ``tests/``.
"""

from __future__ import annotations

from doseline.rulebook.us.book import BLUEPRINT

__all__ = ["BLUEPRINT"]
