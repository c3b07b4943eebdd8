"""Text of a what-if file -> changes of parameters; checked as strictly as a parameter file.

A file names parameters of one rulebook, each with its new value, or values by date, and why::

    opps.drug:
      why: Rate proposed for next year
      values:
        2027-01-01: 270
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

from doseline.rules.errors import (
    BadEntryError,
    EmptyEntryError,
    RulebookError,
    SeveralFaultsError,
    UncitedError,
    UnknownKeyError,
)
from doseline.rules.flow import MOST_MONEY
from doseline.rules.parameter import Text
from doseline.rules.parse import (
    A_DATE,
    check_within,
    line_of,
    mapping_of,
    parse_date,
    parse_number,
    read_yaml,
    top_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from doseline.rules.parameter import Parameter
    from doseline.rules.parse import Tree

_Read = TypeVar("_Read")

_FIELDS = ("value", "values", "why")
_MOST_TIME = {
    "h": 876_600,
    "d": 36_525,
    "working days": 36_525,
    "months": 1200,
    "quarters": 400,
    "years": 100,
}
"""A century in each unit of time that rulebooks use."""
_A_CHANGE = Text(
    en="at least one parameter of the rulebook, with why and its value",
    zh="至少一个规则手册参数及其理由（why）和数值",
)
_ONE_FORM = Text(en="either value, or values by date", zh="value 或按日期的 values，二者取一")
_IN_ORDER = Text(en="dates in order, the earliest first", zh="日期按先后排列，最早者在前")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Other values of one parameter, and why."""

    key: str
    values: Mapping[date, Decimal]
    """By the day from which they hold; one for all days begins with the parameter."""
    why: str
    file: str
    line: int


def parse_what_if(
    text: str, *, file: str, parameters: Mapping[str, Parameter]
) -> tuple[Change, ...]:
    """The changes that a what-if file asks for.

    Args:
        text: What the file holds.
        file: Its name, for messages.
        parameters: Those of the rulebook, by key; their limits hold for new values, too.

    Raises:
        RulebookError: Whatever is wrong, with the file's name and the line; all faults at once.
    """
    reader = _Reader(file=file, parameters=parameters)
    tree = top_of(read_yaml(text, file=file, doubled=reader.doubled), file=file)
    if not tree:
        raise EmptyEntryError(file, _A_CHANGE)
    changes = [reader.tried(partial(reader.change, tree, key)) for key in tree]
    faults = sorted((*reader.doubled, *reader.faults), key=lambda one: one.line or 0)
    if len(faults) > 1:
        raise SeveralFaultsError(file, faults)
    if faults:
        raise faults[0]
    return tuple(one for one in changes if one is not None)


@dataclass(slots=True, kw_only=True)
class _Reader:
    """Reads a file to its end, whatever is wrong on the way."""

    file: str
    parameters: Mapping[str, Parameter]
    faults: list[RulebookError] = field(default_factory=list)
    doubled: list[RulebookError] = field(default_factory=list)

    def tried(self, read: Callable[[], _Read]) -> _Read | None:
        """What a part of the file says; none if it is at fault, which is kept."""
        try:
            return read()
        except RulebookError as error:
            self.faults.append(error)
            return None

    def change(self, tree: Tree, key: str) -> Change:
        """The change of one parameter; its faults are kept one by one."""
        line = line_of(tree, key) or 1
        if key not in self.parameters:
            raise UnknownKeyError(self.file, key, self.parameters, line=line)
        fields = mapping_of(tree[key], key, file=self.file, line=line)
        for name in fields:
            if name not in _FIELDS:
                at = line_of(fields, name)
                self.faults.append(UnknownKeyError(self.file, name, _FIELDS, line=at))
        why = fields.get("why")
        if not isinstance(why, str) or not why.strip():
            self.faults.append(UncitedError(self.file, key, line=line))
        if ("value" in fields) == ("values" in fields):
            found = ", ".join(fields)
            raise BadEntryError(self.file, key, found, _ONE_FORM, line=line)
        values = self.values(fields, self.parameters[key])
        return Change(key=key, values=values, why=str(why).strip(), file=self.file, line=line)

    def values(self, fields: Tree, parameter: Parameter) -> dict[date, Decimal]:
        """New values by the day on which they begin."""
        if "value" in fields:
            return {parameter.values[0].since: self.number(fields, "value", parameter)}
        line, name = line_of(fields, "values"), f"{parameter.key}, values"
        dated = mapping_of(fields["values"], name, file=self.file, line=line)
        if not dated:
            raise EmptyEntryError(self.file, A_DATE, line=line)
        found = {}
        for when in dated:
            day = self.tried(partial(self.day, dated, when, name))
            amount = self.tried(partial(self.number, dated, when, parameter))
            if day is not None and amount is not None:
                found[day] = amount
        for earlier, later in pairwise(found):
            if later < earlier:
                told = Text(en=f"{later} after {earlier}", zh=f"{earlier} 之后为 {later}")
                at = line_of(dated, str(later))
                self.faults.append(BadEntryError(self.file, name, told, _IN_ORDER, line=at))
        return found

    def day(self, dated: Tree, when: str, name: str) -> date:
        """The day on which a value begins."""
        return parse_date(when, name, file=self.file, line=line_of(dated, when))

    def number(self, fields: Tree, name: str, parameter: Parameter) -> Decimal:
        """A number within the limits of its parameter; no greater than money where it has none."""
        where, line = f"{parameter.key}, {name}", line_of(fields, name)
        amount = parse_number(fields[name], where, file=self.file, line=line)
        high = parameter.maximum
        if high is None:
            high = Decimal(_MOST_TIME.get(parameter.unit, MOST_MONEY))
        check_within(amount, parameter.minimum, high, where, file=self.file, line=line)
        return amount
