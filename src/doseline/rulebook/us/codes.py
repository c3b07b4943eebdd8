"""What a claim must say of each code: unit, packages, revenue code, and how it is paid by date.

Level II codes and their texts are CMS's own and free. A number of another owner stands alone: its
text belongs to the user's licence, and where no number is given the user supplies it.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from doseline.rules import BillingCode, CodeStatus, Text

if TYPE_CHECKING:
    from doseline.rules import CodeKind

_LIST = "HCPCS Level II 2025; CMS OPPS Addendum B, January 2025 to April 2026"
_REVENUE = {"therapeutic": "0344", "tracer": "0343"}

ORAL = ("A9517", "A9530")
"""Codes of a dose that is swallowed."""

AVERAGE_PRICED = ("A9513", "A9606", "A9607")
"""Therapeutics whose rate follows the average sales price; the others follow hospitals' costs."""


def _status(*changes: tuple[str, str]) -> tuple[CodeStatus, ...]:
    return tuple(
        CodeStatus(since=date.fromisoformat(since), letter=letter) for since, letter in changes
    )


def _drug(
    code: str,
    kind: CodeKind,
    names: tuple[str, str],
    *changes: tuple[str, str],
    nuclide: str = "",
    unit: str = "1 mCi",
    packages: tuple[str, ...] = (),
    single_dose: bool | None = None,
    by_invoice: bool = False,
) -> BillingCode:
    """A radiopharmaceutical, with status from 2025 on unless changes are given."""
    billed_once = by_invoice or unit == "study"
    has_usual = not billed_once and code not in ORAL
    return BillingCode(
        code=code,
        kind=kind,
        name=Text(*names),
        nuclide=nuclide,
        unit_name=unit,
        packages=packages,
        revenue=_REVENUE[kind],
        single_dose=single_dose,
        by_invoice=by_invoice,
        usual_key=f"usual_activity.{code.lower()}" if has_usual else "",
        statuses=_status(*(changes or (("2025-01-01", "K"),))),
        source=_LIST,
    )


def _service(
    code: str, names: tuple[str, str], revenue: str, *changes: tuple[str, str]
) -> BillingCode:
    return BillingCode(
        code=code,
        kind="service",
        name=Text(*names),
        unit_name="service",
        revenue=revenue,
        statuses=_status(*changes),
        source=_LIST,
    )


_PACKAGED = (("2025-01-01", "N"),)
_THERAPEUTICS = (
    _drug(
        "A9607",
        "therapeutic",
        ("Lu-177 vipivotide tetraxetan", "镥[177Lu]特昔维匹肽"),
        ("2025-01-01", "G"),
        ("2025-10-01", "K"),
        nuclide="Lu-177",
        packages=("69488001061",),
        single_dose=True,
    ),
    _drug(
        "A9513",
        "therapeutic",
        ("Lu-177 dotatate", "镥[177Lu]氧奥曲肽"),
        nuclide="Lu-177",
        packages=("69488000301",),
        single_dose=True,
    ),
    _drug(
        "A9606",
        "therapeutic",
        ("Ra-223 dichloride", "二氯化镭[223Ra]"),
        nuclide="Ra-223",
        unit="1 µCi",
        packages=("50419020801",),
        single_dose=True,
    ),
    _drug(
        "A9517",
        "therapeutic",
        ("I-131 sodium iodide, capsule", "碘[131I]化钠胶囊"),
        nuclide="I-131",
    ),
    _drug(
        "A9530",
        "therapeutic",
        ("I-131 sodium iodide, solution", "碘[131I]化钠口服液"),
        nuclide="I-131",
    ),
    _drug(
        "A9699",
        "therapeutic",
        (
            "Therapeutic radiopharmaceutical without a code of its own",
            "无专属编码的治疗性放射性药品",
        ),
        *_PACKAGED,
        unit="dose",
        by_invoice=True,
    ),
    _drug(
        "C9399",
        "therapeutic",
        ("New drug without a code of its own, hospital outpatient", "无专属编码的新药（医院门诊）"),
        ("2025-01-01", "A"),
        unit="dose",
        by_invoice=True,
    ),
)
_TRACERS = (
    _drug(
        "A9595",
        "tracer",
        ("F-18 piflufolastat", "氟[18F]吡氟司他"),
        nuclide="F-18",
        packages=("71258002200",),
    ),
    _drug(
        "A9608",
        "tracer",
        ("F-18 flotufolastat", "氟[18F]氟妥司他"),
        ("2025-01-01", "G"),
        nuclide="F-18",
        packages=("69932000250",),
        single_dose=False,
    ),
    _drug(
        "A9596",
        "tracer",
        ("Ga-68 gozetotide (Illuccix)", "镓[68Ga]戈泽肽（Illuccix）"),
        ("2025-01-01", "G"),
        ("2025-07-01", "K"),
        nuclide="Ga-68",
        packages=("74725010025", "74725010064"),
    ),
    _drug(
        "A9800",
        "tracer",
        ("Ga-68 gozetotide (Locametz)", "镓[68Ga]戈泽肽（Locametz）"),
        ("2025-01-01", "G"),
        ("2025-10-01", "K"),
        nuclide="Ga-68",
    ),
    _drug(
        "A9616",
        "tracer",
        ("Ga-68 gozetotide (Gozellix)", "镓[68Ga]戈泽肽（Gozellix）"),
        ("2025-10-01", "G"),
        nuclide="Ga-68",
    ),
    _drug("A9593", "tracer", ("Ga-68 PSMA-11 (UCSF)", "镓[68Ga] PSMA-11（UCSF）"), nuclide="Ga-68"),
    _drug("A9594", "tracer", ("Ga-68 PSMA-11 (UCLA)", "镓[68Ga] PSMA-11（UCLA）"), nuclide="Ga-68"),
    _drug(
        "A9587", "tracer", ("Ga-68 dotatate", "镓[68Ga] dotatate"), nuclide="Ga-68", unit="0.1 mCi"
    ),
    _drug("A9592", "tracer", ("Cu-64 dotatate", "铜[64Cu] dotatate"), nuclide="Cu-64"),
    _drug(
        "C9067", "tracer", ("Ga-68 dotatoc", "镓[68Ga] dotatoc"), nuclide="Ga-68", unit="0.01 mCi"
    ),
    _drug(
        "A9552",
        "tracer",
        ("F-18 FDG, a study of up to 45 mCi", "氟[18F]脱氧葡萄糖，每次检查至多 45 mCi"),
        *_PACKAGED,
        nuclide="F-18",
        unit="study",
    ),
    _drug(
        "A9597",
        "tracer",
        ("PET tracer for tumours without a code of its own", "无专属编码的肿瘤 PET 显像剂"),
        *_PACKAGED,
        unit="dose",
        by_invoice=True,
    ),
    _drug(
        "A9598",
        "tracer",
        ("PET tracer, not for tumours, without a code of its own", "无专属编码的非肿瘤 PET 显像剂"),
        *_PACKAGED,
        unit="dose",
        by_invoice=True,
    ),
)
_SERVICES = {
    "administration": _service(
        "79101", ("Giving the dose, number only", "给药（仅编号）"), "0342", ("2025-01-01", "S")
    ),
    "oral_administration": _service(
        "79005",
        ("Giving an oral dose, number only", "口服给药（仅编号）"),
        "0342",
        ("2025-01-01", "S"),
    ),
    "pet_ct": _service(
        "", ("PET/CT scan, number from the user", "PET/CT 显像（编号由用户提供）"), "0404"
    ),
    "spect_ct": _service(
        "", ("SPECT/CT scan, number from the user", "SPECT/CT 显像（编号由用户提供）"), "0341"
    ),
    "consult": _service(
        "G0463", ("Clinic visit in a hospital", "医院门诊就诊"), "0510", ("2025-01-01", "J2")
    ),
}

CODES = {one.code: one for one in (*_THERAPEUTICS, *_TRACERS)} | _SERVICES
"""By code; a service by its name in this rulebook, because its number may be the user's."""

THERAPEUTICS = tuple(sorted(one.code for one in _THERAPEUTICS))
TRACERS = tuple(sorted(one.code for one in _TRACERS))
SERVICES = ("pet_ct", "spect_ct", "consult")
"""Services that may be a flow of their own."""

BY_INVOICE = tuple(code for code, one in CODES.items() if one.by_invoice)
"""Codes of no one product."""

BILLED_ONCE = (*SERVICES, *BY_INVOICE, "A9552")
"""What is billed once, whatever its activity."""

RATED_TRACERS = tuple(code for code in TRACERS if code not in BILLED_ONCE)
"""Tracers with a rate per billing unit; the others are packaged in a hospital."""

HOSPITAL_ONLY = tuple(code for code in CODES if code.startswith("C"))
"""Codes that only a hospital's outpatient claim knows."""
