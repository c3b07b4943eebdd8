"""A rulebook: the rules and parameters of one jurisdiction, and what they say of a flow."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from doseline.rules.charge import charged
from doseline.rules.day import Day
from doseline.rules.errors import DuplicateKeyError, UnknownParameterError
from doseline.rules.flow import Case, billed_units
from doseline.rules.rule import check_periods

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from doseline.rules.blueprint import Blueprint, Patch
    from doseline.rules.charge import Charge
    from doseline.rules.decision import Decision
    from doseline.rules.flow import Flow, Payment
    from doseline.rules.parameter import Parameter
    from doseline.rules.safety import OperationRule, Purpose, ReleaseCriterion, StorageRule
    from doseline.rules.whatif import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleBook:
    """Rules and parameters, immutable; a what-if is a patched copy."""

    blueprint: Blueprint
    parameters: Mapping[str, Parameter]
    patches: tuple[str, ...] = ()
    """Keys that a what-if has changed."""

    def __post_init__(self) -> None:
        for topic, rules in self.blueprint.rules.items():
            check_periods(f"{self.blueprint.name}/{topic}", rules)

    @classmethod
    def of(cls, blueprint: Blueprint, parameters: Iterable[Parameter]) -> RuleBook:
        """The rulebook of a blueprint and its parameters.

        Raises:
            DuplicateKeyError: If two parameters bear one key.
            PeriodError: If the periods of a rule do not meet.
        """
        by_key: dict[str, Parameter] = {}
        for parameter in parameters:
            if parameter.key in by_key:
                raise DuplicateKeyError(blueprint.name, parameter.key, 1)
            by_key[parameter.key] = parameter
        return cls(blueprint=blueprint, parameters=MappingProxyType(by_key))

    @property
    def name(self) -> str:
        """Short name, as in a network's settings."""
        return self.blueprint.name

    @property
    def currency(self) -> str:
        """ISO 4217 code of all its money."""
        return self.blueprint.currency

    def on(self, day: date) -> Day:
        """The rulebook as it stands on one day."""
        return Day(book=self, day=day)

    def patched(self, patches: Mapping[str, Patch]) -> RuleBook:
        """A copy with other values, each marked as an assumption of the user.

        Args:
            patches: New value by key: one for all days, or several by the day they begin.

        Raises:
            UnknownParameterError: If a key does not exist.
        """
        changed = dict(self.parameters)
        for key, patch in patches.items():
            if key not in changed:
                raise UnknownParameterError(self.name, key, changed)
            first = changed[key].values[0].since
            amounts = {first: patch} if isinstance(patch, Decimal) else patch
            changed[key] = changed[key].patched(amounts)
        return self._with(changed, patches)

    def changed(self, changes: Iterable[Change]) -> RuleBook:
        """A copy with the changes of a what-if file, each with its reason as its source.

        Raises:
            UnknownParameterError: If a key does not exist.
        """
        changed = dict(self.parameters)
        keys = []
        for one in changes:
            if one.key not in changed:
                raise UnknownParameterError(self.name, one.key, changed)
            changed[one.key] = changed[one.key].patched(one.values, why=one.why, address=one.file)
            keys.append(one.key)
        return self._with(changed, keys)

    def _with(self, parameters: dict[str, Parameter], keys: Iterable[str]) -> RuleBook:
        patches = (*self.patches, *keys)
        return replace(self, parameters=MappingProxyType(parameters), patches=patches)

    def following(self, code: str, prices: Mapping[date, Decimal]) -> RuleBook:
        """A what-if in which the rates of a code follow its average price, as late as they do.

        Args:
            code: Billing code.
            prices: Average price of one billing unit, by the first day of its quarter. [currency]

        Returns:
            A patched copy; this rulebook itself if none of its rates follows a price.
        """
        patches = self.blueprint.following(self, code, prices)
        return self.patched(patches) if patches else self

    def case(self, flow: Flow) -> Case:
        """The facts of a flow that its payment depends on."""
        unit_bq = self.on(flow.service_date).unit_bq(flow.code)
        units = billed_units(np.array([flow.billed_bq]), np.array([unit_bq]))
        return Case(
            code=flow.code,
            payer=flow.payer,
            setting=flow.setting,
            units=int(units[0]),
            locality=flow.locality,
            channel=flow.channel,
            nights=flow.nights,
            price=flow.price,
            contract=flow.contract,
            cover=flow.cover,
            charge=flow.charge,
            discount=flow.discount,
        )

    def decide(self, topic: str, flow: Flow) -> Decision:
        """What the rule on a topic says of a flow."""
        return self.on(flow.service_date).decide(topic, self.case(flow))

    def pay(self, flow: Flow, charges: Sequence[Charge] = ()) -> tuple[Payment, ...]:
        """All payments for one flow: those that rules decide, then those that the network states.

        Raises:
            MixedCurrencyError: If a charge is in another currency.
        """
        stated = tuple(charged(charge, currency=self.currency) for charge in charges)
        return self.on(flow.service_date).pay(self.case(flow)) + stated

    def release_criteria(
        self, nuclide: str, day: date, *, purpose: Purpose = "release"
    ) -> tuple[ReleaseCriterion, ...]:
        """The criteria of which one must be met, with values, units and sources.

        Args:
            nuclide: Canonical name, e.g. ``"I-131"``.
            day: Day of the administration.
            purpose: Limits of release, or those above which written instructions are due.

        Raises:
            NothingInForceError: If a criterion is asked for before its first value.
        """
        return tuple(
            self.on(day).release_criterion(test)
            for test in self.blueprint.release(nuclide)
            if test.purpose == purpose
        )

    def storage_rule(self, nuclide: str, day: date) -> StorageRule | None:
        """How waste of a nuclide decays in storage; none if the rulebook does not say.

        Raises:
            NothingInForceError: If a value begins later than this day.
        """
        if self.blueprint.storage is None:
            return None
        return self.on(day).storage_rule(self.blueprint.storage(nuclide))

    def operation_rule(self, nuclide: str, day: date) -> OperationRule | None:
        """How an activity weighs in a day's operating quantity; none if the rulebook does not say.

        Raises:
            NothingInForceError: If a value begins later than this day.
        """
        test = self.blueprint.operation(nuclide)
        return None if test is None else self.on(day).operation_rule(test)

    def turns(self) -> tuple[date, ...]:
        """Days on which a value, a rule or what a source speaks of changes, in order.

        Between two of them every case is decided alike.
        """
        rules = (rule for rules in self.blueprint.rules.values() for rule in rules)
        values = (value for parameter in self.parameters.values() for value in parameter.values)
        turns = {rule.valid_from for rule in rules}
        for value in values:
            turns.add(value.since)
            if value.published_until is not None:
                turns.add(value.published_until + timedelta(days=1))
        return tuple(sorted(turns))
