"""The keys of ``network.toml``, each described once."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from doseline.model.columns import Column
from doseline.model.network import Settings

FORMAT = 1
"""The version of the network folder that this program reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingKey:
    """One key of ``network.toml`` and the field of :class:`Settings` that it fills."""

    field: str
    column: Column
    """Its dotted name, e.g. ``cohort.start``, with kind, unit, range, default and meaning."""


def _key(name: str, field: str, kind: str, doc: str, zh: str, **about: Any) -> SettingKey:
    """A key whose default is that of the field."""
    default = next(one.default for one in dataclasses.fields(Settings) if one.name == field)
    required = default is dataclasses.MISSING
    described = Column(
        name=name,
        kind=kind,
        doc=doc,
        doc_zh=zh,
        required=required,
        default=None if required else default,
        **about,
    )
    return SettingKey(field=field, column=described)


FORMAT_COLUMN = Column(
    name="format",
    kind="integer",
    doc="Version of the network folder",
    doc_zh="网络文件夹的格式版本",
    allowed=(str(FORMAT),),
)

SETTING_KEYS: tuple[SettingKey, ...] = (
    _key("name", "name", "text", "Name of the network", "网络名称"),
    _key("name_zh", "name_zh", "text", "Name in Chinese", "中文名称"),
    _key(
        "currency",
        "currency",
        "text",
        "ISO 4217 code; one currency for the whole network",
        "货币（ISO 4217代码），全网络只用一种",
    ),
    _key(
        "rulebook",
        "rulebook",
        "text",
        "Rulebook that prices its flows, e.g. us",
        "用于定价的规则手册，例如us",
    ),
    _key("seed", "seed", "integer", "Seed of all chance", "随机种子", minimum=0),
    _key(
        "replications",
        "replications",
        "integer",
        "Seeds over which intervals are taken",
        "用于计算区间的种子数",
        minimum=1,
        maximum=1000,
    ),
    _key(
        "cohort.start",
        "cohort_start",
        "date",
        "A Monday: first day on which clocks of the cohort start",
        "队列计时开始日（星期一）",
    ),
    _key(
        "cohort.weeks",
        "cohort_weeks",
        "integer",
        "Weeks in which clocks of the cohort start",
        "队列入组周数",
        unit="week",
        minimum=1,
        maximum=520,
    ),
    _key(
        "cohort.warm_up_weeks",
        "warm_up_weeks",
        "integer",
        "Weeks simulated before the cohort, at the same rate, so that queues are filled",
        "队列之前的预热周数（同样的发生率，使排队达到常态）",
        unit="week",
        minimum=0,
        maximum=520,
    ),
    _key(
        "plan.week",
        "plan_week",
        "date",
        "Monday of the week that is planned exactly",
        "精确计划的那一周的星期一",
    ),
    _key(
        "plan.as_of",
        "plan_as_of",
        "date",
        "Day from which days to a promised dose are counted; empty: the Monday of the planned week",
        "计算距承诺给药日天数的基准日；空则为计划周的星期一",
    ),
    _key(
        "plan.gap",
        "plan_gap",
        "number",
        "Relative gap at which the exact plan may stop",
        "精确计划可停止的相对间隙",
        unit="1",
        minimum=0.0,
        maximum=1.0,
    ),
    _key(
        "policy.minimum_margin",
        "minimum_margin",
        "number",
        "Contribution per dose below which a site does not offer the therapy",
        "每剂边际贡献低于此值时，治疗单位不提供该疗法",
        unit="currency/dose",
    ),
    _key(
        "map.outlines",
        "map_outlines",
        "text",
        "Outlines under the map: us_states, or a reviewed GeoJSON or TopoJSON file of this folder",
        "地图底图：us_states，或本文件夹中经审核的GeoJSON或TopoJSON文件",
    ),
    _key(
        "map.attribution",
        "map_attribution",
        "text",
        "Whose outlines they are; the map says so",
        "底图来源与审图信息，标注于地图",
    ),
)
