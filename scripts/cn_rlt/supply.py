"""Products, isotope sources, lines, lots and batches: published places, assumed schedules."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from scripts.cn_rlt.demand import CONTINUE_PERCENT, CYCLES_MAX, INTERVAL_DAYS
from scripts.cn_rlt.holidays import MAKER, PUBLIC
from scripts.cn_rlt.products import PRODUCT_ROWS
from scripts.cn_rlt.sites import CENTRES
from scripts.cn_rlt.sources import ZONE
from scripts.us_lu177.geo import Point, road_h, road_km

if TYPE_CHECKING:
    from scripts.cn_rlt.sites import Placed
    from scripts.us_lu177.tables import Rows

QINSHAN, MIANYANG = Point(30.43, 120.95), Point(31.47, 104.68)

LINES = {
    # line: name, operator, channel, place, evidence
    "haiyan-lu": ("Haiyan, Lu-177 only", "CDMO A", "commercial", Point(30.53, 120.94)),
    "haiyan-i": ("Haiyan, I-131 only", "CDMO A", "commercial", Point(30.54, 120.93)),
    "chengdu": ("Chengdu, several isotopes", "CDMO B", "commercial", Point(30.45, 103.95)),
    "beijing": ("Beijing, several isotopes", "CDMO C", "commercial", Point(39.72, 116.13)),
    "tianjin": ("Tianjin, trial supply", "CDMO D", "trial", Point(39.02, 117.40)),
    "jiaxing": ("Jiaxing, alpha emitters", "CDMO E", "trial", CENTRES["jiaxing"]),
    "shijiazhuang": ("Shijiazhuang, alpha emitters", "CDMO E", "trial", CENTRES["shijiazhuang"]),
}

SOURCES = {
    # source: name, nuclide, route, place, evidence
    "qinshan-lu": ("Qinshan, Haiyan", "Lu-177", "nca", QINSHAN, "source-qinshan"),
    "qinshan-i": ("Qinshan, Haiyan", "I-131", "nca", QINSHAN, "source-qinshan-i"),
    "mianyang-lu": ("Mianyang", "Lu-177", "nca", MIANYANG, "source-mianyang"),
    "mianyang-i": ("Mianyang", "I-131", "nca", MIANYANG, "source-mianyang"),
    "jiaxing-at": ("Jiaxing", "At-211", "cyclotron", CENTRES["jiaxing"], "source-jiaxing"),
    "jiaxing-ac": ("Jiaxing", "Ac-225", "cyclotron", CENTRES["jiaxing"], "source-jiaxing"),
    "sjz-at": (
        *("Shijiazhuang", "At-211", "cyclotron"),
        *(CENTRES["shijiazhuang"], "source-shijiazhuang"),
    ),
    "sjz-ac": (
        *("Shijiazhuang", "Ac-225", "cyclotron"),
        *(CENTRES["shijiazhuang"], "source-shijiazhuang"),
    ),
}

_LINES_ZH = {
    "haiyan-lu": "海盐，镥-177专线",
    "haiyan-i": "海盐，碘-131专线",
    "chengdu": "成都，多核素",
    "beijing": "北京，多核素",
    "tianjin": "天津，试验用药",
    "jiaxing": "嘉兴，α核素",
    "shijiazhuang": "石家庄，α核素",
}
_TOWNS_ZH = {
    "Qinshan, Haiyan": "秦山（海盐）",
    "Mianyang": "绵阳",
    "Jiaxing": "嘉兴",
    "Shijiazhuang": "石家庄",
}

_LOTS = (
    # source, line, days, reference time, hours to the line, GBq at each, CNY/GBq
    ("qinshan-lu", "haiyan-lu", "Sun Mon Tue Wed Thu", "00:00", 4.0, 560, 900),
    ("qinshan-lu", "beijing", "Sun Wed", "10:00", 18.0, 420, 900),
    ("qinshan-lu", "tianjin", "Sun", "10:00", 18.0, 300, 900),
    ("mianyang-lu", "chengdu", "Mon Wed", "00:00", 5.0, 420, 900),
    ("mianyang-lu", "haiyan-lu", "Mon Thu", "00:00", 24.0, 300, 900),
    ("qinshan-i", "haiyan-i", "Mon Wed", "00:00", 4.0, 1500, 60),
    ("mianyang-i", "chengdu", "Mon Thu", "00:00", 5.0, 900, 60),
    ("mianyang-i", "beijing", "Sun Wed", "10:00", 18.0, 900, 60),
    ("jiaxing-at", "jiaxing", "Mon Thu", "04:00", 0.5, 8, 5000),
    ("jiaxing-ac", "jiaxing", "Mon", "00:00", 2.0, 0.13, 290000),
    ("sjz-at", "shijiazhuang", "Tue Fri", "04:00", 0.5, 8, 5000),
    ("sjz-ac", "shijiazhuang", "Mon", "00:00", 2.0, 0.13, 290000),
)
_HOSPITAL_LOT_GBQ = 130
"""What a hospital with a line of its own gets on Wednesdays. [GBq]"""

_BATCHES = (
    # line, product, days, start, synthesis h, QC h, vials, yield %
    ("haiyan-lu", "lu-psma", "Sun Mon Tue Wed Thu", "06:00", 4.0, 3.0, 40, 85),
    ("haiyan-i", "i131-nai", "Mon Tue Wed Thu", "06:00", 3.0, 2.0, 140, 95),
    ("chengdu", "lu-psma", "Mon Wed Thu", "07:00", 4.0, 3.0, 24, 85),
    ("chengdu", "i131-nai", "Tue Fri", "14:00", 3.0, 2.0, 140, 95),
    ("beijing", "lu-psma", "Mon Wed Thu", "07:00", 4.0, 3.0, 24, 85),
    ("beijing", "i131-nai", "Tue Fri", "14:00", 3.0, 2.0, 140, 95),
    ("tianjin", "lu-dotatate", "Mon", "08:00", 4.0, 3.0, 20, 85),
    ("jiaxing", "at-trial", "Mon Thu", "05:00", 1.5, 0.7, 6, 60),
    ("jiaxing", "ac-psma", "Tue", "12:00", 2.0, 6.0, 14, 85),
    ("shijiazhuang", "at-trial", "Tue Fri", "05:00", 1.5, 0.7, 6, 60),
    ("shijiazhuang", "ac-psma", "Tue", "12:00", 2.0, 6.0, 14, 85),
)
_HOSPITAL_BATCHES = (
    ("lu-psma-hp", "Wed", "06:00", 3.0, 2.0, 6, 80),
    ("lu-dotatate-hp", "Thu", "06:00", 3.0, 2.0, 4, 80),
)
_GBQ_PER_VIAL = {
    "lu-psma": 11.5,
    "lu-psma-hp": 9.0,
    "lu-dotatate": 9.3,
    "lu-dotatate-hp": 9.3,
    "i131-nai": 5.5,
    "ac-psma": 0.011,
    "at-trial": 1.2,
}
"""Room in a batch for each vial, decay until use included. [GBq]"""

_CHANGEOVERS = (
    # lines, from, to, hours
    (("chengdu", "beijing"), "Lu", "I", 12.0),
    (("chengdu", "beijing"), "I", "Lu", 24.0),
    (("jiaxing", "shijiazhuang"), "At", "Ac", 4.0),
    (("jiaxing", "shijiazhuang"), "Ac", "At", 8.0),
)

_CHANGES = (
    # source, from, until, percent, cause
    ("qinshan-lu", date(2025, 6, 1), None, 50, "ramp"),
    ("qinshan-lu", date(2025, 10, 1), None, 75, "ramp"),
    ("qinshan-lu", date(2026, 2, 16), None, 100, "ramp"),
    ("mianyang-lu", date(2026, 4, 6), date(2026, 4, 19), 0, "maintenance"),
    ("mianyang-i", date(2026, 4, 6), date(2026, 4, 19), 30, "maintenance"),
)


def product_rows() -> Rows:
    """The products, with the days of their courses."""
    return [
        {
            **one,
            "interval_days": INTERVAL_DAYS[str(one["product"])],
            "cycles_max": CYCLES_MAX[str(one["product"])],
            "continue_percent": CONTINUE_PERCENT[str(one["product"])],
        }
        for one in PRODUCT_ROWS
    ]


def source_rows() -> Rows:
    """Isotope sources at their published towns."""
    return [
        {
            "source": source,
            "name": name,
            "name_zh": _TOWNS_ZH[name],
            "nuclide": nuclide,
            "route": route,
            "lat": at.lat,
            "lon": at.lon,
            "zone": ZONE,
            "evidence": evidence,
        }
        for source, (name, nuclide, route, at, evidence) in SOURCES.items()
    ]


def change_rows() -> Rows:
    """The ramp of one reactor, and the maintenance of the other."""
    names = ("source", "valid_from", "valid_until", "available_percent", "cause")
    return [{**dict(zip(names, one, strict=True)), "evidence": "supply-rule"} for one in _CHANGES]


def line_of(site: Placed) -> str:
    """Name of the line of a hospital."""
    return f"{site.name}-L"


def lot_rows(sites: list[Placed]) -> Rows:
    """Weekly deliveries; each day brings its full activity."""
    lots = [(*lot[:2], day, *lot[3:]) for lot in _LOTS for day in lot[2].split()]
    for site in (one for one in sites if one.makes):
        length, source = min(
            (road_km(QINSHAN, site.at), "qinshan-lu"), (road_km(MIANYANG, site.at), "mianyang-lu")
        )
        lead = round(min(6.0 + road_h(length), 30.0), 1)
        lots.append((source, line_of(site), "Mon", "18:00", lead, _HOSPITAL_LOT_GBQ, 1100))
    names = ("source", "line", "weekday", "reference", "lead_h", "capacity_gbq", "price_per_gbq")
    rows = [dict(zip(names, lot, strict=True)) for lot in lots]
    return [
        {**row, "lot": f"{row['source']}-{row['line']}-{row['weekday']}", "evidence": "lot-rule"}
        for row in rows
    ]


def line_rows(sites: list[Placed]) -> Rows:
    """Lines of makers, and of the hospitals that have one."""
    makers = [
        {
            "line": line,
            "name": f"{name} (synthetic)",
            "name_zh": f"{_LINES_ZH[line]}（虚拟）",
            "operator": f"{operator} (synthetic)",
            "channel": channel,
            "lat": at.lat,
            "lon": at.lon,
            "zone": ZONE,
            "calendar": MAKER,
            "evidence": "line-rule",
        }
        for line, (name, operator, channel, at) in LINES.items()
    ]
    hospitals = [
        {
            "line": line_of(one),
            "name": f"Own line of site {one.name} (synthetic)",
            "name_zh": f"{one.prefecture.province.short_zh}-{one.name[-2:]}自有产线（虚拟）",
            "channel": "in_house",
            "owner": one.name,
            "lat": one.at.lat,
            "lon": one.at.lon,
            "zone": ZONE,
            "calendar": PUBLIC,
            "evidence": "own-lines",
        }
        for one in sites
        if one.makes
    ]
    return [*makers, *hospitals]


def changeover_rows() -> Rows:
    """Clearance of the lines that make more than one class."""
    return [
        {
            "line": line,
            "from_class": before,
            "to_class": after,
            "hours": hours,
            "evidence": "changeover-rule",
        }
        for lines, before, after, hours in _CHANGEOVERS
        for line in lines
    ]


def batch_rows(sites: list[Placed]) -> Rows:
    """One row for each weekly batch slot."""
    slots = [(*batch[:2], day, *batch[3:]) for batch in _BATCHES for day in batch[2].split()]
    for one in sites:
        slots += [(line_of(one), *batch) for batch in _HOSPITAL_BATCHES if one.makes]
    names = ("line", "product", "weekday", "start", "synthesis_h", "qc_h", "max_doses")
    rows = [dict(zip((*names, "yield_percent"), slot, strict=True)) for slot in slots]
    return [{**row, **_batch(row)} for row in rows]


def _batch(slot: dict[str, Any]) -> dict[str, Any]:
    """What follows for a batch slot from its line and product."""
    product = slot["product"]
    hospital = slot["line"] not in LINES
    return {
        "batch": f"{slot['line']}/{product}/{slot['weekday']}",
        "max_activity_gbq": round(slot["max_doses"] * _GBQ_PER_VIAL[product], 4),
        "failure_percent": 5 if hospital or product in {"at-trial", "ac-psma"} else 3,
        "fixed_cost": 12000 if hospital else 60000,
        "dose_cost": 300 if product == "i131-nai" else 2500,
        "evidence": "batch-rule",
    }


def licence_rows(sites: list[Placed], pharmacies: list[str]) -> Rows:
    """Licences of sources, lines and pharmacies."""
    common = {"valid_from": date(2025, 1, 1), "valid_until": date(2030, 12, 31)}
    rows: Rows = [
        _licence(source, "supply", nuclide, None, common)
        for source, (_, nuclide, *_) in SOURCES.items()
    ]
    made = {(line, _nuclide(product)) for line, product, *_ in _BATCHES}
    rows += [
        _licence(line, "make", nuclide, {"Lu-177": 9000, "I-131": 9000}.get(nuclide, 40), common)
        for line, nuclide in sorted(made)
    ]
    rows += [_licence(line_of(one), "make", "Lu-177", 370, common) for one in sites if one.makes]
    rows += [
        _licence(hub, "distribute", nuclide, None, common)
        for hub in pharmacies
        for nuclide in ("Lu-177", "I-131")
    ]
    return rows


def _nuclide(product: str) -> str:
    """Nuclide of a product."""
    return next(str(one["nuclide"]) for one in PRODUCT_ROWS if one["product"] == product)


def _licence(
    holder: str, operation: str, nuclide: str, limit: float | None, common: dict[str, date]
) -> dict[str, str | float | date | None]:
    return {
        "licence": f"{holder}-{operation}-{nuclide}",
        "holder": holder,
        "operation": operation,
        "nuclide": nuclide,
        "possession_gbq": limit,
        "evidence": "licence-rule",
        **common,
    }
