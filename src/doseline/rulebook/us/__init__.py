"""The rulebook of the United States: hospital outpatient, office, and one pattern per other payer.

Rules are in the modules, numbers in ``parameters/``, worked examples in ``tests/``.
"""

from __future__ import annotations

from doseline.rulebook.us.book import BLUEPRINT

__all__ = ["BLUEPRINT"]
