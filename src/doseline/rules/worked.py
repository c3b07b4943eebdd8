"""Text of a worked case's flow -> Flow; a rulebook's worked cases are its standard set of flows."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, cast

from doseline.rules.errors import BadEntryError
from doseline.rules.flow import MOST_NIGHTS, Flow
from doseline.rules.parse import check_keys, mapping_of, parse_date, parse_number, shown

if TYPE_CHECKING:
    from doseline.rules.flow import Channel

_BQ_PER_GBQ = 1e9
_IN_GBQ = {"activity_gbq": "activity_bq", "administered_gbq": "administered_bq"}
_MONEY = ("price", "charge")
_TRUTH = {"true": True, "false": False}
_NAMES = {field.name for field in fields(Flow)} - set(_IN_GBQ.values()) | set(_IN_GBQ)
_MUST = {"code", "activity_gbq", "service_date", "payer", "setting"}


def parse_flow(entry: object, *, file: str) -> Flow:
    """The flow of a worked case: the facts of :class:`Flow`, activities in GBq.

    Args:
        entry: What stands under ``flow``, all leaves as text.
        file: Name of the file, for messages.

    Raises:
        RulebookError: If a fact is unknown, missing or none.
        BadFlowError: If a fact is impossible.
    """
    told = mapping_of(entry, "flow", file=file)
    check_keys(told, allowed=_NAMES, required=_MUST, file=file)
    activity = {
        bq: float(parse_number(told[gbq], f"flow, {gbq}", file=file)) * _BQ_PER_GBQ
        for gbq, bq in _IN_GBQ.items()
        if gbq in told
    }
    money = {
        name: parse_number(told[name], f"flow, {name}", file=file)
        for name in _MONEY
        if name in told
    }
    discount, nights = told.get("discount", "false"), told.get("nights", "0")
    if discount not in _TRUTH:
        raise BadEntryError(file, "flow, discount", shown(discount), ", ".join(_TRUTH))
    if not str(nights).isdigit():
        raise BadEntryError(file, "flow, nights", shown(nights), f"0 – {MOST_NIGHTS}")
    return Flow(
        code=told["code"],
        activity_bq=activity["activity_bq"],
        administered_bq=activity.get("administered_bq"),
        service_date=parse_date(told["service_date"], "flow, service_date", file=file),
        payer=told["payer"],
        setting=told["setting"],
        locality=told.get("locality", ""),
        # Flow itself refuses a channel that is none.
        channel=cast("Channel", told.get("channel", "commercial")),
        nights=int(nights),
        price=money.get("price"),
        contract=told.get("contract", ""),
        cover=told.get("cover", ""),
        charge=money.get("charge"),
        discount=_TRUTH[discount],
    )
