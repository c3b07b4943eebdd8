"""What can happen to a planned week: each event has one text, which commands take and plans keep."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import TracebackType
from typing import TypeAlias

from doseline.errors import BadInputError
from doseline.model.nearest import nearest

FORMS = {
    "batch_failed": "batch_failed:BATCH[@DATE]",
    "yield_low": "yield_low:BATCH:PERCENT[@DATE]",
    "flight_cancelled": "flight_cancelled:LANE@INSTANT",
    "suite_closed": "suite_closed:SUITE:FROM..UNTIL",
    "patient_held": "patient_held:ORDER:UNTIL",
    "patient_withdrawn": "patient_withdrawn:ORDER",
    "order_added": "order_added:ORDER:COLUMN=VALUE,...",
    "dose_freed": "dose_freed:ORDER",
}
"""How each event is written."""

DATE_FORM, INSTANT_FORM = "YYYY-MM-DD", "YYYY-MM-DDTHH:MMZ"


class UnknownEventError(BadInputError):
    """A text names no kind of event."""

    def __init__(self, event: str, kind: str) -> None:
        self.event = event
        self.allowed = list(FORMS.values())
        self.nearest = nearest(kind, tuple(FORMS))
        meant = f" Did you mean '{self.nearest}'?" if self.nearest else ""
        super().__init__(f"'{event}' is no event. Allowed: {', '.join(self.allowed)}.{meant}")


class BadEventError(BadInputError):
    """An event is not written as its kind asks."""

    def __init__(self, event: str, form: str) -> None:
        self.event = event
        self.form = form
        super().__init__(
            f"The event '{event}' cannot be read. Write {form}, a date as {DATE_FORM}, an instant "
            f"as {INSTANT_FORM}, a percentage from 0 to 100, FROM no later than UNTIL."
        )


class InstantWithoutZoneError(BadInputError):
    """An instant does not say in which zone it is meant."""

    def __init__(self, instant: str) -> None:
        self.instant = instant
        super().__init__(
            f"'{instant}' is no instant: a date, a time and a zone are needed, as "
            "2026-05-04T10:00Z or 2026-05-04T05:00-05:00."
        )


class BadEventsError(BadInputError):
    """Several things are wrong with the events of one call."""

    def __init__(self, faults: Sequence[BadInputError]) -> None:
        self.faults = tuple(faults)
        self.count = len(self.faults)
        told = "\n".join(str(one) for one in self.faults)
        super().__init__(f"{self.count} things are wrong; mend them all:\n{told}")


class Faults:
    """What is wrong with events, collected so that all of it is told at once."""

    def __init__(self) -> None:
        self._found: list[BadInputError] = []

    def __enter__(self) -> None:
        """Keep the fault of the block that follows, if it has one."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        """Whether the error was one of the input, which is kept."""
        if not isinstance(error, BadInputError):
            return False
        self._found += error.faults if isinstance(error, BadEventsError) else [error]
        return True

    def refuse(self) -> None:
        """End here if anything is wrong.

        Raises:
            BadInputError: The one fault, or :class:`BadEventsError` with all of them.
        """
        if len(self._found) == 1:
            raise self._found[0]
        if self._found:
            raise BadEventsError(self._found)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchFailed:
    """A batch gives no vials: it failed, or it will not be made."""

    batch: str
    day: date | None = None
    """Day on which its synthesis starts, UTC; None: in the planned week."""

    def __str__(self) -> str:
        """Its text."""
        return f"batch_failed:{self.batch}{_dated(self.day)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class YieldLow:
    """A batch that was started gives only a share of its planned activity."""

    batch: str
    percent: float
    """Of the planned activity. [%]"""
    day: date | None = None

    def __str__(self) -> str:
        """Its text."""
        return f"yield_low:{self.batch}:{self.percent:g}{_dated(self.day)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FlightCancelled:
    """One departure of a lane, in the air or on the road, does not take place."""

    lane: str
    depart: datetime

    def __str__(self) -> str:
        """Its text."""
        return f"flight_cancelled:{self.lane}@{instant_text(self.depart)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteClosed:
    """A suite treats nobody from a first to a last day, at the site."""

    suite: str
    first: date
    last: date

    def __str__(self) -> str:
        """Its text."""
        return f"suite_closed:{self.suite}:{self.first}..{self.last}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientHeld:
    """A patient cannot be treated before a day: a laboratory value, an infection."""

    order: str
    until: date
    """First day on which treatment is possible again, at the site."""

    def __str__(self) -> str:
        """Its text."""
        return f"patient_held:{self.order}:{self.until}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientWithdrawn:
    """A patient will not be treated, so that the order is called off."""

    order: str

    def __str__(self) -> str:
        """Its text."""
        return f"patient_withdrawn:{self.order}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderAdded:
    """One order more, in the columns of table ``orders``."""

    order: str
    values: tuple[tuple[str, str], ...]
    """Column and value, as they were given."""

    def __str__(self) -> str:
        """Its text."""
        told = ",".join(f"{column}={value}" for column, value in self.values)
        return f"order_added:{self.order}:{told}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseFreed:
    """The dose of an order is given up for others; the order still waits for another one."""

    order: str

    def __str__(self) -> str:
        """Its text."""
        return f"dose_freed:{self.order}"


Event: TypeAlias = (
    BatchFailed
    | YieldLow
    | FlightCancelled
    | SuiteClosed
    | PatientHeld
    | PatientWithdrawn
    | OrderAdded
    | DoseFreed
)


def parse_event(text: str) -> Event:
    """The event that a text stands for; ``str`` of it gives the text back.

    Args:
        text: One of :data:`FORMS`.

    Raises:
        UnknownEventError: If it names no kind of event.
        BadEventError: If what follows the kind cannot be read.
        InstantWithoutZoneError: If a departure does not say in which zone.

    >>> str(parse_event("suite_closed:near-1:2026-05-05..2026-05-06"))
    'suite_closed:near-1:2026-05-05..2026-05-06'
    """
    kind, _, rest = text.strip().partition(":")
    if kind not in FORMS:
        raise UnknownEventError(text, kind)
    try:
        return _PARSERS[kind](rest)
    except InstantWithoutZoneError:
        raise
    except ValueError as error:
        raise BadEventError(text, FORMS[kind]) from error


def read_events(texts: Sequence[str], at: str) -> tuple[list[Event], datetime]:
    """Events and the instant at which they are known, from their texts.

    Raises:
        BadInputError: If any cannot be read; all that is wrong is told at once.
    """
    faults = Faults()
    events = []
    for text in texts:
        with faults:
            events.append(parse_event(text))
    with faults:
        instant = parse_instant(at)
    faults.refuse()
    return events, instant


def parse_instant(text: str) -> datetime:
    """An instant with its zone, as UTC.

    Raises:
        InstantWithoutZoneError: If it is none, or has no zone.

    >>> parse_instant("2026-05-04T10:00-05:00").isoformat()
    '2026-05-04T15:00:00+00:00'
    """
    try:
        read = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise InstantWithoutZoneError(text) from error
    if read.tzinfo is None:
        raise InstantWithoutZoneError(text)
    return read.astimezone(UTC)


def instant_text(at: datetime) -> str:
    """An instant as ``YYYY-MM-DDTHH:MMZ``, with seconds where they are not zero."""
    seconds = "%H:%M:%S" if at.second else "%H:%M"
    return f"{at.astimezone(UTC):%Y-%m-%dT{seconds}Z}"


def _dated(day: date | None) -> str:
    return "" if day is None else f"@{day}"


def _named(text: str) -> str:
    if not text:
        raise ValueError
    return text


def _batch(text: str) -> tuple[str, date | None]:
    """Name and day of ``NAME[@DATE]``."""
    name, at, day = text.rpartition("@")
    return (_named(name), date.fromisoformat(day)) if at else (_named(text), None)


def _batch_failed(rest: str) -> Event:
    batch, day = _batch(rest)
    return BatchFailed(batch=batch, day=day)


def _yield_low(rest: str) -> Event:
    told, at, day = rest.rpartition("@")
    batch, _, percent = (told if at else rest).rpartition(":")
    share = float(percent)
    if not 0.0 <= share <= 100.0:
        raise ValueError
    return YieldLow(batch=_named(batch), percent=share, day=date.fromisoformat(day) if at else None)


def _flight_cancelled(rest: str) -> Event:
    lane, _, depart = rest.rpartition("@")
    return FlightCancelled(lane=_named(lane), depart=parse_instant(depart))


def _suite_closed(rest: str) -> Event:
    suite, _, days = rest.rpartition(":")
    first, _, last = days.partition("..")
    closed = SuiteClosed(
        suite=_named(suite), first=date.fromisoformat(first), last=date.fromisoformat(last)
    )
    if closed.last < closed.first:
        raise ValueError
    return closed


def _patient_held(rest: str) -> Event:
    order, _, until = rest.rpartition(":")
    return PatientHeld(order=_named(order), until=date.fromisoformat(until))


def _order_added(rest: str) -> Event:
    order, _, told = rest.partition(":")
    pairs = [one.partition("=") for one in told.split(",")]
    if not all(column and equals for column, equals, _ in pairs):
        raise ValueError
    values = tuple((column.strip(), value.strip()) for column, _, value in pairs)
    if len({column for column, _ in values}) < len(values):
        raise ValueError
    return OrderAdded(order=_named(order), values=values)


_PARSERS: dict[str, Callable[[str], Event]] = {
    "batch_failed": _batch_failed,
    "yield_low": _yield_low,
    "flight_cancelled": _flight_cancelled,
    "suite_closed": _suite_closed,
    "patient_held": _patient_held,
    "patient_withdrawn": lambda rest: PatientWithdrawn(order=_named(rest)),
    "order_added": _order_added,
    "dose_freed": lambda rest: DoseFreed(order=_named(rest)),
}
