"""What every figure of the Chinese example rests on, in English and Chinese."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scripts.cn_rlt.entry_evidence import ENTRY_ASSUMED, ENTRY_SOURCED
from scripts.cn_rlt.evidence_assumed import ASSUMED

if TYPE_CHECKING:
    from scripts.us_lu177.tables import Rows

_NAMES = ("evidence", "kind", "title", "title_zh", "address", "as_of", "confidence")

_SOURCED = (
    # A row whose strongest value is assumed is an assumption, whatever else it cites.
    (
        "census-2020",
        "official",
        "Seventh National Population Census of China, 1 November 2020: people of the 31 provinces (communique No. 3), of their prefectures and of counties governed by a province, people in villages, men of 65 and over. Point: the seat of government, or the middle of the area, to 0.01 degree (placed by us)",
        "第七次全国人口普查（2020年11月1日零时）：31个省（自治区、直辖市）人口（公报第三号）及地级单位、省直辖县级单位人口、乡村人口、65岁及以上男性人口。坐标：政府驻地或区域中部，取至0.01度（自行标定）",
        "https://www.stats.gov.cn/english/PressRelease/202105/t20210510_1817188.html",
        "2020-11-01",
        "high",
    ),
    (
        "holidays-2026",
        "official",
        "Holidays and make-up workdays of 2026, General Office of the State Council, November 2025; compared with the package chinesecalendar 1.11.0. Which weekday a make-up day stands for is read off the workday that it replaces",
        "国务院办公厅关于2026年部分节假日安排的通知（2025年11月）；与软件包 chinesecalendar 1.11.0 核对。调休日按所替代的工作日运行",
        "https://www.gov.cn/zhengce/zhengceku/",
        "2025-11-04",
        "high",
    ),
    (
        "label-lu-psma",
        "published",
        "Pluvicto product information: 7.4 GBq every 6 weeks, up to 6; 1,000 MBq/mL at calibration; 7.5 to 12.5 mL; within 10 % at administration; 120 h; approved in China in early November 2025. Retention: half excreted after 4 h, 70 % after 12 h, effective half-life 40.5 h (Kurth 2018). Waiting: control arm of VISION, median 11.3 months. Assumed: order lead, minutes in the chair, pot, residue; price 60,000 CNY, for which no source was found",
        "Pluvicto 说明书：7.4 GBq，每6周一次，最多6次；校准时1000 MBq/mL；7.5至12.5 mL；给药±10%；120小时；2025年11月初在中国获批。滞留：4小时排出约一半，12小时约70%，有效半衰期40.5小时（Kurth 2018）。等待期：VISION对照组中位总生存11.3个月。假设：提前订购天数、占椅时间、铅罐、残留；价格6万元（未查到来源）",
        "https://doi.org/10.1186/s13550-018-0386-4",
        "2025-11-05",
        "medium",
    ),
    (
        "label-lu-dotatate",
        "published",
        "Lutathera product information: 7.4 GBq every 8 weeks, 4 doses; 370 MBq/mL; 72 h. In China no product of this kind was found to be approved; a phase 3 trial met its endpoint (ESMO 2025). Assumed: that hospital preparations and trial doses are alike, volumes from 20 mL, retention, costs",
        "Lutathera 说明书：7.4 GBq，每8周一次，共4次；370 MBq/mL；72小时。中国未查到同类产品获批；一项III期试验达到终点（ESMO 2025）。假设：医院制剂与试验用药与之相同、装量自20 mL起、滞留参数、成本",
        "https://www.lutathera-hcp.com",
        "2025-10-20",
        "medium",
    ),
    (
        "vision",
        "published",
        "VISION: 86.6 % of scanned patients met the PSMA criteria",
        "VISION试验：86.6%的扫描患者符合PSMA标准",
        "https://doi.org/10.1056/NEJMoa2107322",
        "2021-06-23",
        "high",
    ),
    (
        "real-world-cycles",
        "computed",
        "208 patients treated with Lu-177 PSMA in 2017-24: 44.2 % stop before the third dose and 81.2 % before the sixth, so 55.8 % get three and 18.8 % six, and the median is three; an equal chance after doses 1 and 2, another after 3 to 5",
        "208例镥-177 PSMA治疗患者（2017-24）：44.2%在第3次前、81.2%在第6次前停止，即55.8%完成3次、18.8%完成6次，中位3次；第1、2次后概率相等，第3至5次后为另一概率",
        "https://pubmed.ncbi.nlm.nih.gov",
        "2024-12-31",
        "medium",
    ),
    (
        "source-qinshan",
        "published",
        "Qinshan (CNNC): commercial Lu-177 from its CANDU units, irradiation of more than 10,000 Ci a year, first commercial release June 2025",
        "秦山核电（中核集团）：重水堆商业化生产镥-177，辐照能力超过1万居里/年，2025年6月首批商业供货",
        "https://www.neimagazine.com",
        "2025-06-30",
        "medium",
    ),
    (
        "tracers-cn",
        "secondary",
        "As of September 2025 no PSMA PET tracer is approved in China (applications for F-18 and Ga-68 products are pending); hospitals with a licence may prepare positron drugs (rules of 2006)",
        "截至2025年9月，中国尚无获批的PSMA PET示踪剂（氟-18与镓-68产品申请在审）；持证医疗机构可制备正电子类放射性药品（2006年规定）",
        "https://www.sinotau.com",
        "2025-09-30",
        "medium",
    ),
    (
        "spect-survey",
        "published",
        "Official survey of nuclear medicine 2020: 808 institutions answered, 624 have SPECT, 365 PET units; Tc-99m is in ordinary supply",
        "2020年全国核医学官方调查：808家机构应答，624家有SPECT，PET设备365台；锝-99m常规供应",
        "https://rs.yiigle.com",
        "2020-12-31",
        "medium",
    ),
    (
        "waste-streams",
        "published",
        "HJ 1188-2021 and GBZ 120-2020: ten half-lives, 180 days for I-131. Assumed: litres of each infusion, stay included",
        "HJ 1188-2021 与 GBZ 120-2020：暂存10个半衰期，碘-131为180天。假设：每次给药（含住院）的体积",
        "https://www.mee.gov.cn",
        "2021-11-01",
        "medium",
    ),
    (
        "escort-rules",
        "published",
        "An escort travels with Class 7 goods (rules on road transport of radioactive goods); no more than 4 h at the wheel without 20 min of rest (road traffic safety regulation, article 62 (7)). Assumed: vehicles, hours, costs, packages a trip",
        "放射性物品道路运输须配押运员（放射性物品道路运输管理规定）；连续驾驶不得超过4小时且休息不少于20分钟（道路交通安全法实施条例第六十二条第七项）。假设：车辆数、可用时长、费用、每车次件数",
        "https://www.gov.cn/gongbao/content/2017/content_5253839.htm",
        "2017-10-07",
        "medium",
    ),
    (
        "airports",
        "secondary",
        "Place of public airports (package airportsdata 20260905)",
        "公共机场位置（软件包 airportsdata 20260905）",
        "https://github.com/mborsetti/airportsdata",
        "2026-09-05",
        "high",
    ),
)


def evidence_rows() -> Rows:
    """The evidence table: sources first, then what is assumed."""
    rows = [dict(zip(_NAMES, fact, strict=True)) for fact in (*_SOURCED, *ENTRY_SOURCED)]
    rows += [
        {
            "evidence": name,
            "kind": "assumption",
            "title": title,
            "title_zh": title_zh,
            "address": address,
            "as_of": "2026-11-22",
            "confidence": "low",
        }
        for name, title, title_zh, address in (*ASSUMED, *ENTRY_ASSUMED)
    ]
    return rows
