"""Which words a flow may use: codes, payers, settings, contracts and covers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.rulebook.us.codes import HOSPITAL_ONLY, SERVICES, THERAPEUTICS, TRACERS
from doseline.rulebook.us.words import PAYERS, SETTINGS, is_office
from doseline.rules import Text
from doseline.rules.errors import BadFlowError, nearest

if TYPE_CHECKING:
    from doseline.rules import Case

FLOW_CODES = (*THERAPEUTICS, *TRACERS, *SERVICES)
"""Codes and services that a flow may be."""

OFFICE_CODES = tuple(code for code in FLOW_CODES if code not in HOSPITAL_ONLY)
"""Those that an office may bill."""

CONTRACTS = {
    "medicare_ffs": ("asp", "awp", "invoice"),
    "medicare_advantage": ("asp", "awp", "invoice"),
    "commercial": ("asp", "awp", "charges", "invoice"),
    "medicaid": ("asp", "awp", "invoice"),
}
"""Forms of contract by payer; for Medicare itself, how its contractor prices in an office."""

COVERS = {"medicare_ffs": ("medicaid", "medigap"), "medicare_advantage": ("medicaid",)}
"""Supplementary covers by payer."""


_NO_LOCALITY = Text(
    en="nothing; leave it empty, for this rulebook knows no localities",
    zh="无，请留空：本规则手册不分地区",
)


def refuse_unknown(case: Case) -> None:
    """Refuse words that this rulebook does not know, and combinations that cannot be.

    Raises:
        BadFlowError: Naming the fact and the nearest right word.
    """
    codes = OFFICE_CODES if is_office(case.setting) else FLOW_CODES
    for field, found, known in (
        ("code", case.code, codes),
        ("payer", case.payer, PAYERS),
        ("setting", case.setting, SETTINGS),
    ):
        if found not in known:
            raise BadFlowError(field, found, nearest(found, known))
    if case.locality:
        raise BadFlowError("locality", case.locality, _NO_LOCALITY)
    for field, found, by_payer in (
        ("contract", case.contract, CONTRACTS),
        ("cover", case.cover, COVERS),
    ):
        if found and found not in by_payer.get(case.payer, ()):
            raise BadFlowError(field, found, _allowed(found, by_payer, case.payer))


def _allowed(found: str, by_payer: dict[str, tuple[str, ...]], payer: str) -> str | Text:
    """The payer's words; where it has none, that the field stays empty."""
    if payer in by_payer:
        return nearest(found, by_payer[payer])
    return Text(
        en=f"nothing; leave it empty, for the payer {payer} has none",
        zh=f"无，请留空：支付类别 {payer} 没有此项",
    )
