"""What an explanation of one order holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One fact that stands in the way, with who takes from it."""

    number: int
    """Its number among the facts of the problem; -1 for a check of an option."""
    kind: str
    """Kind of the limit, or ``vials``, ``activity``, ``lot``, ``no_lot``, ``changeover``,
    ``window``, ``refused``."""
    where: Mapping[str, str] = field(default_factory=dict)
    """Place and time, by what they are; instants in the zone of the place."""
    most: float = 0.0
    """How much there is. [unit]"""
    used: float = 0.0
    """How much the plan takes for others. [unit]"""
    need: float = 0.0
    """How much the order takes at least. [unit]"""
    unit: str = ""
    """min, GBq, uSv, L, h, vials, beds, days, doses, options; empty where it is not known."""
    fixed: bool = False
    """Whether it is law, physics or a published rule, which is nobody's to relax for one order."""
    users: tuple[str, ...] = ()
    """Orders that take from it in the plan, in their sequence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """Facts that leave the order out together."""

    facts: tuple[Fact, ...]
    proven: bool
    """Whether no plan can serve the order while they all hold."""
    irreducible: bool
    """Whether it is proven that each of them is needed for that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What an order of the plan gets instead."""

    order: str
    before: Mapping[str, str]
    """batch, suite, infuse [local]; empty if it was left."""
    after: Mapping[str, str]
    """The same; empty if it is left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    """What solving again gave."""

    cost: float
    """Money more than the plan. [currency]"""
    objective: float
    """Objective more than the plan's. [currency]"""
    at_least: float
    """The same can be no less with all else as planned. [currency]"""
    at_least_week: float | None
    """The same can be no less in any plan of the whole week that leaves nobody whom this plan serves;
    None: not known. [currency]"""
    moved: tuple[Moved, ...]
    """Orders that get something else, the asked one first."""

    @property
    def lost(self) -> tuple[str, ...]:
        """Orders that were served and are left."""
        return tuple(one.order for one in self.moved if one.before and not one.after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One change of a repair: so much more of a fact."""

    fact: Fact
    more: float
    """How much more. [unit of the fact]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """A change with which the week was solved again and the order is served."""

    kind: str
    """swap: nothing but moves; window: another day; more: more of something; site: elsewhere."""
    solved: Solved
    """Every dose was counted against every limit of the whole week."""
    steps: tuple[Step, ...] = ()
    day: date | None = None
    """Day of the infusion, where it is another."""
    site: str = ""
    km: float | None = None
    """How far that site is from the order's. [km]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """Another plan for the order, and why it loses."""

    why: str
    """dearer; equal; blocked: by facts; drops: others are left; left: the order is."""
    batch: str = ""
    day: date | None = None
    suite: str = ""
    infuse: str = ""
    """When the infusion begins, by the clock of the place."""
    solved: Solved | None = None
    """None if nothing was found."""
    facts: tuple[Fact, ...] = ()
    """Facts without room for it, all others as planned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """What more of some facts together is worth to the whole plan."""

    steps: tuple[Step, ...]
    gained: int
    """Orders more that are served."""
    at_least: float
    """Objective saved, by a plan in hand. [currency]"""
    at_most: float
    """Objective that no plan of the whole week saves more than. [currency]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why an order gets what it gets."""

    order: str
    status: str
    """served; no_option: every way is refused; conflict: facts leave it out; outranked: only by
    leaving others; room: it could be served by moves alone; open: the limits of the search ended
    it first."""
    chosen: Mapping[str, str]
    """batch, line, lanes, suite, infuse [local], if it is served."""
    standing: Clash | None
    """Facts in conflict with every other dose where it is."""
    conflict: Clash | None
    """Facts in conflict wherever others are moved."""
    refused: tuple[Fact, ...]
    """Ways in the window that are refused, by the first check that each fails."""
    repairs: tuple[Repair, ...]
    near: tuple[Near, ...]
    worth: tuple[Worth, ...]
    free_orders: int
    """Orders that could move where it was solved again."""
    whole_week: bool
    """Whether those were all, so that every difference is proven for the whole week."""
    currency: str
    zone: str
    """Time zone of the order's site."""
