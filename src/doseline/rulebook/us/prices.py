"""The prices that contracts speak of: list, invoice, average sales, average wholesale, charges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.rulebook.us.codes import AVERAGE_PRICED, BILLED_ONCE
from doseline.rulebook.us.words import always, dollars, percent, shown
from doseline.rules import Text
from doseline.rules.errors import BadFlowError

if TYPE_CHECKING:
    from doseline.rules import Ask, Case, Outcome

_REFERENCE = "Prices of the flow; stand-ins of this rulebook where the flow states none"
_WHAT_IT_COSTS = Text(
    en="what the dose costs, for this code is paid by its price",
    zh="该剂药品的价格，因为该代码按价格支付",
)
_STAND_IN = Text(
    en="No list price is known; the average sales price stands in for it.",
    zh="目录价未知，以平均销售价代替。",
)


def _asp(case: Case, ask: Ask) -> Outcome:
    """The rate less its add-on; for a code paid at hospitals' mean cost, the rate itself.

    Raises:
        BadFlowError: If the code has no rate.
    """
    if case.code in BILLED_ONCE:
        raise BadFlowError("price", None, _WHAT_IT_COSTS)
    rate = ask.value(f"opps.{case.code.lower()}")
    averaged = case.code in AVERAGE_PRICED
    add_on = ask.value("opps.asp_add_on") if averaged else None
    total = case.units * rate if add_on is None else case.units * rate / (1 + add_on)
    less = "" if add_on is None else f" less the add-on of {percent(add_on)}"
    less_zh = "" if add_on is None else f"，扣除加成 {percent(add_on)}"
    return dollars(
        total,
        f"{case.units} units at the rate of {rate} USD{less}.",
        f"{case.units} 单位，单价 {rate} USD{less_zh}。",
    )


def _list(case: Case, ask: Ask) -> Outcome:
    """What the dose costs a site without a discount.

    The price of a flow is what its own site pays, so under 340B the average sales price stands in.
    """
    if case.price is not None and (not case.discount or case.code in BILLED_ONCE):
        return dollars(
            case.price,
            f"The network states a price of {shown(case.price)} USD.",
            f"网络给定价格 {shown(case.price)} USD。",
        )
    average = ask.decide("price.asp")
    return dollars(
        average,
        f"The average sales price of {shown(average)} USD stands in.",
        f"以平均销售价 {shown(average)} USD 代替。",
        _STAND_IN,
    )


def _invoice(case: Case, ask: Ask) -> Outcome:
    """What the site pays for the dose; under 340B less the least discount if nobody states it."""
    if case.price is not None:
        return dollars(
            case.price,
            f"The site pays {shown(case.price)} USD for the dose.",
            f"机构采购该剂量支付 {shown(case.price)} USD。",
        )
    price = ask.decide("price.list")
    if not case.discount:
        return dollars(
            price,
            f"The site is taken to pay {shown(price)} USD for the dose.",
            f"机构采购该剂量按 {shown(price)} USD 估算。",
        )
    off = ask.value("price.discount_programme_share_off")
    return dollars(
        price * (1 - off),
        f"The site is taken to pay {shown(price)} USD less {percent(off)} under 340B.",
        f"机构按 340B 采购，估算为 {shown(price)} USD 减 {percent(off)}。",
    )


def _awp(case: Case, ask: Ask) -> Outcome:
    """The list price marked up as the compendia do."""
    del case
    price, over = ask.decide("price.list"), ask.value("price.awp_over_wac")
    return dollars(
        price * over,
        f"The average wholesale price is taken as {over} times {shown(price)} USD.",
        f"平均批发价按 {shown(price)} USD 的 {over} 倍估算。",
    )


def _charge(case: Case, ask: Ask) -> Outcome:
    """What the hospital's own price list says, or the list price marked up."""
    if case.charge is not None:
        return dollars(
            case.charge,
            f"The hospital charges {shown(case.charge)} USD for the dose.",
            f"医院对该剂量收费 {shown(case.charge)} USD。",
        )
    price, over = ask.decide("price.list"), ask.value("price.charge_over_list")
    return dollars(
        price * over,
        f"The charge is taken as {over} times {shown(price)} USD.",
        f"收费按 {shown(price)} USD 的 {over} 倍估算。",
    )


RULES = {
    "price.asp": always(_asp, _REFERENCE),
    "price.list": always(_list, _REFERENCE),
    "price.invoice": always(_invoice, _REFERENCE),
    "price.awp": always(_awp, _REFERENCE),
    "price.charge": always(_charge, _REFERENCE),
}
