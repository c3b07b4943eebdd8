"""What keeps the compiled engine from running."""

from __future__ import annotations

from doseline.errors import BadInputError


class SimulateNotInstalledError(BadInputError):
    """The package that compiles the engine is optional, and is not there."""

    def __init__(self) -> None:
        super().__init__(
            "Simulating years needs the package numba, which is not installed. "
            "Install it with: pip install 'doseline[simulate]'. Without it, --engine plain is slow "
            "but the same."
        )


class PolicyNotCompiledError(BadInputError):
    """A function of a policy uses what Numba cannot compile."""

    def __init__(self, policy: str, function: str, problem: str) -> None:
        self.policy, self.function, self.told = policy, function, problem
        super().__init__(
            f"Policy {policy}: the function {function} cannot be compiled ({problem}). "
            "It may use numbers, arrays and the module math only (see numba.pydata.org), or any "
            "Python with --engine plain."
        )
