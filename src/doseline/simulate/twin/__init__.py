"""The naive twin: the engine's meaning in plain Python, slow and readable, to check the fast one."""

from doseline.simulate.twin.run import simulate

__all__ = ["simulate"]
