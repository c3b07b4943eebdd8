"""What every figure of the US example rests on, in English and Chinese."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scripts.us_lu177.tables import Rows

_PLUVICTO = "https://www.pluvicto-hcp.com"
_FACTS = (
    # A row whose strongest value is assumed is an assumption, whatever else it cites.
    # evidence, kind, title, Chinese title, address, as of, confidence
    (
        "county-figures",
        "official",
        "US counties: Census population July 2023 and internal points (Gazetteer 2024), USDA rural-urban continuum codes 2023 (4 to 9 rural), CDC/ATSDR social vulnerability 2020 (none for Connecticut's planning regions); time zone of the nearest airport in the state (computed)",
        "美国各县：人口普查局2023年7月人口及内点坐标（Gazetteer 2024），农业部城乡连续编码2023（4至9为农村），CDC/ATSDR 社会脆弱性指数2020（康涅狄格规划区无）；时区取州内最近机场（推算）",
        "https://www.census.gov/data/tables/time-series/demo/popest/2020s-counties-total.html",
        "2023-07-01",
        "high",
    ),
    (
        "tracer-labels",
        "published",
        "FDA approvals of Locametz (Ga-68 gozetotide, with the choice of patients for Pluvicto, 23 March 2022) and Netspot (Ga-68 dotatate, 1 June 2016)",
        "FDA批准：Locametz（镓[68Ga]戈泽托肽，2022年3月23日，含Pluvicto患者筛选）与Netspot（镓[68Ga]多塔泰，2016年6月1日）",
        "https://www.accessdata.fda.gov/scripts/cder/daf/",
        "2022-03-23",
        "medium",
    ),
    (
        "psma-incidence",
        "assumption",
        "New mCRPC in the US, 42,970 in 2020 less 12 % (Scher 2015), spread by men of 65 and over in 2018 (Census); assumed: 95 % meet the label after an ARPI (label of March 2025), and the number has not changed since 2020",
        "美国每年新发mCRPC：2020年42,970例减12%（Scher 2015），按2018年65岁及以上男性人口（人口普查局）分摊；假设：95%在ARPI后符合说明书（2025年3月版），且2020年后例数不变",
        "https://doi.org/10.1371/journal.pone.0139440",
        "2020-12-31",
        "low",
    ),
    (
        "net-incidence",
        "assumption",
        "New GEP-NET 3.56 per 100,000 people (SEER 18, 2000-2012, Dasari 2017), by population; assumed: 50 % become advanced and eligible for Lu-177 dotatate but for imaging",
        "新发胃肠胰神经内分泌肿瘤3.56/10万（SEER 18，2000-2012，Dasari 2017），按人口分摊；假设：50%进展至除显像外符合镥[177Lu]氧奥曲肽条件",
        "https://doi.org/10.1001/jamaoncol.2017.0589",
        "2012-12-31",
        "low",
    ),
    (
        "label-pluvicto",
        "published",
        "Pluvicto product information: 7.4 GBq every 6 weeks, up to 6; 1,000 MBq/mL at calibration; 7.5 to 12.5 mL; within 10 % at administration; 120 h. Going on, were it alike after every dose: 73 %, between the 74.7 % and 71.6 % that 208 patients of 2017-24 give (table continuation has it dose by dose). Waiting: death in the control arm of VISION, median 11.3 months. Assumed: order 10 days ahead, 135 min in the chair, pot lets 2 % through, 1 % residue, price = April 2026 OPPS payment / 1.06",
        "Pluvicto 说明书：7.4 GBq，每6周一次，最多6次；校准时1000 MBq/mL；7.5至12.5 mL；给药±10%；120小时。若每次后继续率相同：73%，介于208例（2017-24）推算的71.6%与74.7%之间（continuation表逐次给出）。等待期：VISION对照组中位总生存11.3个月。假设：提前10天订购、占椅135分钟、铅罐透射2%、残留1%、价格=2026年4月OPPS支付额/1.06",
        _PLUVICTO,
        "2026-07-18",
        "medium",
    ),
    (
        "real-world-cycles",
        "computed",
        "208 patients treated with Lu-177 PSMA in 2017-24: 44.2 % stopped before the third dose and 81.2 % before the sixth, so 55.8 % got three and 18.8 % six, and the median is three; one chance to go on after doses 1 and 2, another after 3 to 5",
        "208例镥-177 PSMA治疗患者（2017-24）：44.2%在第3次前、81.2%在第6次前停止，即55.8%完成3次、18.8%完成6次，中位3次；第1、2次后概率相等，第3至5次后为另一概率",
        "https://www.themednet.org",
        "2024-12-31",
        "medium",
    ),
    (
        "label-lutathera",
        "published",
        "Lutathera product information: 7.4 GBq every 8 weeks, 4 doses; 370 MBq/mL at calibration; 20.5 to 25 mL; 72 h. Going on: 65.5 % received all four (NETTER-R). Waiting: death in the control arm of NETTER-1, median 36.3 months. Assumed: order 10 days ahead, 270 min in the chair (4 h of amino acids and half an hour), pot, residue and price as for Pluvicto",
        "Lutathera 说明书：7.4 GBq，每8周一次，共4次；校准时370 MBq/mL；20.5至25 mL；72小时。继续率：65.5%完成4次（NETTER-R）。等待期：NETTER-1对照组中位总生存36.3个月。假设：提前10天订购、占椅270分钟（氨基酸4小时加半小时），铅罐、残留与价格同上",
        "https://www.hcp.novartis.com/products/lutathera/gep-nets/",
        "2026-10-30",
        "medium",
    ),
    (
        "line-indianapolis",
        "published",
        "Novartis RLT plant, 8520 Challenger Drive, Indianapolis: FDA approval January 2024; with the other sites 250,000 doses a year",
        "诺华印第安纳波利斯放射配体工厂：2024年1月获FDA批准；与其他工厂合计每年25万剂",
        "https://www.thepharmaletter.com/pharmaceutical/novartis-expands-pluvicto-production-with-fda-nod-for-new-facility",
        "2024-01-05",
        "medium",
    ),
    (
        "line-millburn",
        "published",
        "Novartis RLT plant, Millburn, New Jersey: FDA approval April 2023",
        "诺华新泽西州米尔本放射配体工厂：2023年4月获FDA批准",
        "https://www.novartis.com/news/novartis-completes-fda-filing-approval-millburn-facility-support-pluvicto-launch",
        "2023-04-21",
        "medium",
    ),
    (
        "line-carlsbad",
        "published",
        "Novartis RLT plant, Carlsbad, California: opened 10 November 2025, filed with the FDA; no approval found, so assumed from July 2026",
        "诺华加州卡尔斯巴德放射配体工厂：2025年11月10日启用并已向FDA申报；未查到批准，假设自2026年7月起",
        "https://www.novartis.com/us-en/stories/innovating-america-new-rlt-manufacturing-site",
        "2025-12-02",
        "low",
    ),
    (
        "source-murr",
        "published",
        "University of Missouri Research Reactor: sole US maker of n.c.a. Lu-177 from its own reactor, weekly deliveries to Novartis since 2023",
        "密苏里大学研究堆：2023年起每周向诺华供应无载体镥-177",
        "https://www.eurekalert.org/news-releases/1010496",
        "2023-12-06",
        "high",
    ),
    (
        "source-itm",
        "published",
        "ITM, Garching and Neufahrn near Munich: licensed January 2024, could serve several hundred thousand patients a year. Assumed: that it delivers to these lines",
        "ITM（慕尼黑附近加兴与诺伊法恩）：2024年1月获证，年可供数十万患者。假设：向这些产线供货",
        "https://www.ans.org/news/article-5669/germanys-itm-receives-material-license-to-produce-lu177",
        "2024-01-09",
        "medium",
    ),
    (
        "source-shine",
        "published",
        "SHINE, Janesville, Wisconsin: 100,000 doses a year at first, 200,000 later. Assumed: that it delivers to these lines",
        "SHINE（威斯康星州简斯维尔）：初期年10万剂，后期20万剂。假设：向这些产线供货",
        "https://www.dotmed.com/news/story/60744",
        "2023-06-26",
        "medium",
    ),
    (
        "source-curium",
        "published",
        "Curium, Petten: about 70,000 doses of Lu-177 a year. Assumed: that it delivers to these lines",
        "Curium（荷兰佩滕）：每年约7万剂镥-177。假设：向这些产线供货",
        "https://www.nrg.eu/en/news/nrg-pallas-and-curium-continue-cooperation-and-expand-production-of-nuclear-medicine",
        "2024-05-29",
        "medium",
    ),
    (
        "source-isotopia",
        "published",
        "Isotopia, Petah Tikva: n.c.a. Lu-177 listed with the FDA. Assumed: that it delivers to these lines",
        "Isotopia（以色列佩塔提克瓦）：已在FDA登记无载体镥-177。假设：向这些产线供货",
        "https://api.fda.gov/drug/ndc.json",
        "2026-10-30",
        "medium",
    ),
    (
        "opps-2026-04",
        "official",
        "CMS OPPS Addendum B April 2026: A9607 259.596 and A9513 319.944 USD per mCi",
        "美国CMS门诊预付费系统附录B（2026年4月）：A9607每mCi 259.596美元，A9513每mCi 319.944美元",
        "https://www.cms.gov/medicare/payment/prospective-payment-systems/hospital-outpatient/addendum-a-b-updates",
        "2026-04-01",
        "high",
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
        "vision-outcomes",
        "published",
        "VISION (551 and 280 patients; NEJM 2021;385:1091): control arm's median to radiographic progression 3.4 and to death 11.3 months; hazard ratios 0.40 (99.2 % interval 0.29-0.57) and 0.62 (95 % interval 0.52-0.74). Before chemotherapy PSMAfore gives progression alike, 0.41 (0.29-0.56), but 60.3 % of its control arm crossed over and its ratio for death, 0.91 (0.72-1.14), says little. Assumed: quality weights of 0.6 to 0.8 before progression and 0.5 to 0.7 after it",
        "VISION（551与280例；NEJM 2021;385:1091）：对照组至影像学进展中位3.4个月、至死亡中位11.3个月；风险比0.40（99.2%区间0.29-0.57）与0.62（95%区间0.52-0.74）。化疗前的PSMAfore进展风险比相近，为0.41（0.29-0.56），但其对照组60.3%转用该产品，死亡风险比0.91（0.72-1.14）说明力有限。假设：进展前生命质量权重0.6至0.8，进展后0.5至0.7",
        "https://doi.org/10.1056/NEJMoa2107322",
        "2021-09-16",
        "high",
    ),
    (
        "netter-outcomes",
        "published",
        "NETTER-1 (midgut; 117 and 114 patients): control arm's median to progression 8.5 months and ratio 0.21 (0.13-0.33) (NEJM 2017;376:125); to death 36.3 months and 0.84 (0.60-1.17), where 36 % of the control arm crossed over (Lancet Oncol 2021;22:1752). In first line NETTER-2 gives 8.5 months and 0.276 for progression. Assumed: that it holds for all GEP-NET; quality weights of 0.6 to 0.8 before progression and 0.5 to 0.7 after it",
        "NETTER-1（中肠；117与114例）：对照组至进展中位8.5个月，风险比0.21（0.13-0.33）（NEJM 2017;376:125）；至死亡中位36.3个月，风险比0.84（0.60-1.17），对照组36%转用该产品（Lancet Oncol 2021;22:1752）。一线NETTER-2的进展为8.5个月与0.276。假设：适用于全部胃肠胰神经内分泌肿瘤；进展前生命质量权重0.6至0.8，进展后0.5至0.7",
        "https://doi.org/10.1016/S1470-2045(21)00572-6",
        "2021-12-01",
        "medium",
    ),
    (
        "referral",
        "computed",
        "OHSU 2023-24 (10 + 10 + 10 patients): board to referral 20 or 25 d and referral to consult 7 or 12 d for Lu-PSMA, 6 and 11 d for dotatate. Assumed: the shares who are referred, the spread, the standard of 28 d",
        "OHSU 2023-24（各10例）：Lu-PSMA 多学科至转诊20或25天、转诊至就诊7或12天；dotatate 6与11天。假设：转诊比例、离散度与28天标准",
        "https://doi.org/10.1530/endoabs.108.C24",
        "2024-07-31",
        "low",
    ),
    (
        "pet-wait",
        "published",
        "Median wait for a PET scan 6 days in the US (IMV survey 2022). PET for prostate cancer in rural areas 7.2 % against 8.4 % in metropolitan ones (Medicare 2019-21): the ratio is taken for the rural pass share. Assumed: 97 % elsewhere, the spread, the standard of 14 d",
        "美国PET检查中位等待6天（IMV 2022）。前列腺癌PET农村7.2%对都市8.4%（Medicare 2019-21），以其比值推算农村通过率。假设：其他地区97%、离散度与14天标准",
        "https://doi.org/10.1186/s40644-025-00898-6",
        "2022-09-30",
        "low",
    ),
    (
        "scheduling",
        "computed",
        "OHSU: approval to treatment 17 to 23 d, less the 10 d of ordering ahead that the model counts itself; Flatiron: order to dose 6 d at academic and 31 d at community sites. Assumed: 96 % pass, the standard of 14 d",
        "OHSU：批准至治疗17至23天，扣除模型另计的10天订购提前；Flatiron：下单至给药学术中心6天、社区31天。假设：96%通过、14天标准",
        "https://doi.org/10.1530/endoabs.108.C24",
        "2024-07-31",
        "low",
    ),
    (
        "pa-ma",
        "computed",
        "Medicare Advantage: 7.7 % of requests denied in 2024; 11.7 % of denials appealed and 81.7 % of those overturned in 2023, so 7.0 % in the end. OHSU: consult to approval 6 to 8 d. Standard: the 72 h clock of Part B drugs. None of these is specific to radioligands. Assumed: who cannot pay",
        "联邦医疗保险优势计划：2024年7.7%被拒；2023年11.7%申诉、其中81.7%推翻，最终约7.0%。OHSU：就诊至批准6至8天。标准：B部分药品72小时。均非放射配体专有。假设：无力支付比例",
        "https://www.kff.org/medicare/",
        "2026-01-28",
        "low",
    ),
    (
        "pa-ffs",
        "published",
        "Medicare fee for service asks for no authorisation of A9607 or A9513. Assumed: 2 % without supplementary cover cannot pay the coinsurance",
        "联邦医疗保险按项目付费对A9607、A9513无需事先授权。假设：2%无补充保险者无力支付共付额",
        "https://www.cms.gov",
        "2026-04-01",
        "medium",
    ),
    (
        "ucla",
        "computed",
        "UCLA theranostics centre: 8 chairs, 80 treatments a week, 4 nurses, 3 technologists, 2 for radiation safety, 9 physicians: staff in these proportions to the chairs; minutes per infusion as 40 h a week over 20, 27 and 40 treatments. Assumed: 30 min of a physician",
        "UCLA诊疗一体化中心：8椅、每周80次治疗、4名护士、3名技师、2名辐射安全、9名医师；按椅数同比配置，工时由每周40小时推算。假设：医师30分钟",
        "https://www.auntminnie.com/clinical-news/molecular-imaging/article/15633492",
        "2023-06-30",
        "medium",
    ),
    (
        "airports",
        "secondary",
        "Place and time zone of public airports (package airportsdata 20260905)",
        "公共机场的位置与时区（软件包 airportsdata 20260905）",
        "https://github.com/mborsetti/airportsdata",
        "2026-09-05",
        "high",
    ),
    (
        "circuity",
        "computed",
        "Road over great-circle distance 1.224 to 1.265 by distance, 8,128 pairs of 128 US and Canadian cities (Stanford GraphBase, miles.dat)",
        "公路与大圆距离之比1.224至1.265（128座美加城市8,128对，Stanford GraphBase miles.dat）",
        "https://www-cs-faculty.stanford.edu/~knuth/sgb.html",
        "1993-12-31",
        "medium",
    ),
    (
        "air-on-time",
        "computed",
        "5.1 % of 2,998,155 US flights of January to June 2001 were more than 60 minutes late (BTS on-time data): so 94.9 % on time, as the shape of today's. Assumed: which airports are joined and when, the mean delay, the cost, 3 h of cut-off",
        "2001年1至6月美国2,998,155个航班中5.1%晚点超过60分钟（BTS），故取94.9%准点作为今日的近似。假设：航线与时刻、平均延误、费用、提前3小时截止",
        "https://www.transtats.bts.gov",
        "2001-06-30",
        "low",
    ),
)

_ASSUMED = (
    # evidence, title, Chinese title
    (
        "site-rule",
        "Inferred sites, not real ones: 800 (over 790 reported), shared among states by men of 65 and over, drawn from the places of hospitals by population, moved by kilometres; kind, chairs and days drawn",
        "推断站点，并非真实机构：共800家（报道逾790家），按65岁及以上男性人口分配到州，按人口从医院位置抽取并偏移数公里；类型、椅数与治疗日为抽取",
    ),
    (
        "suite-rule",
        "Suites open 08:00 to 17:00 in two slots; chairs and days drawn so that all sites together could treat some 4,500 a week",
        "治疗室08:00至17:00，每日两个时段；椅数与治疗日的抽取使全部站点合计每周约可治疗4500次",
    ),
    (
        "scanner-rule",
        "750 PET scanners drawn as the sites are, each with 1 to 3 weekly slots for choosing Lu-PSMA patients and half of them with 0.5 to 1 for dotatate; no list of PET sites is public",
        "按站点同样方法抽取750台PET，每周1至3个Lu-PSMA筛选名额，半数另有0.5至1个dotatate名额；无公开的PET站点名单",
    ),
    (
        "licence-rule",
        "Possession limits of 1, 2 or 5 Ci for each chair of a site, 2,000 Ci for a line; dates drawn; one licence in a hundred, and one training in a hundred, ends on 15 May 2026",
        "站点每椅持有限量1、2或5 Ci，产线2000 Ci；日期为抽取；百分之一许可证、百分之一培训于2026年5月15日到期",
    ),
    (
        "lot-rule",
        "Days, hours and activity of isotope deliveries: some 43 TBq a week together; 200 USD/GBq",
        "同位素供货日、时刻与活度：合计每周约43 TBq；200美元/GBq",
    ),
    (
        "batch-rule",
        "13 or 14 batches a week at each working line, 3,910 doses a week together, below the 250,000 a year that all sites of the maker state; synthesis 4 h, QC 3 h, yield 85 %, failure 3 % (2 to 5 % is usual; no public figure)",
        "每条在产线每周13或14批，合计每周3910剂，低于厂商全部工厂公布的每年25万剂；合成4小时、质检3小时、收率85%、失败率3%（常见2至5%，无公开数据）",
    ),
    (
        "road-rules",
        "Couriers: speed 40 to 95 km/h by distance, half an hour of hand-over, 60 USD and 1.40 USD/km, 99 % on time; length of road from evidence circuity",
        "快递：按里程时速40至95公里，交接半小时，60美元加每公里1.40美元，准点99%；里程依据 circuity",
    ),
    (
        "air-rules",
        "Freighters leave three sorting hubs at 04:00 on Tuesday to Saturday, cut-off 2 h; 800 km/h and 0.7 h; 97 % on time; no timetable of a carrier",
        "货机周二至周六04:00自三个分拨中心出发，提前2小时截止；时速800公里加0.7小时；准点97%；非任何承运人时刻表",
    ),
    (
        "travel-limit",
        "Farthest that patients travel: 320 km for Lu-PSMA and 480 km for dotatate, half of that for the scan; no study of travel for radioligands was found",
        "患者最远就医距离：Lu-PSMA 320公里、dotatate 480公里，检查减半；未见放射配体就医距离研究",
    ),
    (
        "board",
        "Tumour board: weekly, so 7 d, 95 % go on to therapy",
        "多学科讨论：每周一次，故7天；95%进入治疗",
    ),
    (
        "sstr-positive",
        "80 % of scanned patients with GEP-NET are positive at somatostatin receptor imaging",
        "80%的胃肠胰神经内分泌肿瘤扫描患者生长抑素受体显像阳性",
    ),
    (
        "pa-other",
        "Commercial insurance and Medicaid: authorisation as in Medicare Advantage or somewhat slower and stricter; of those without insurance 70 % cannot pay",
        "商业保险与医疗补助：授权与优势计划相近或稍慢稍严；无保险者70%无力支付",
    ),
    (
        "payer-mix",
        "Lu-PSMA 80 % Medicare (mean age 72), dotatate 50 %; 54 % of Medicare is Medicare Advantage (2025, published); the rest by guess",
        "Lu-PSMA 80%为联邦医疗保险（平均72岁），dotatate 50%；其中54%为优势计划（2025，已发表）；其余为估计",
    ),
    (
        "costs-rule",
        "Costs of hospital, maker, developer and patient beyond batches, lanes and isotope",
        "除批次、运输与同位素外，医院、生产商、开发商与患者的成本",
    ),
    (
        "courses-rule",
        "Courses under way as in a steady state of the same incidence and continuation, drawn by site",
        "在治疗程：按相同发病与继续率的稳态逐站抽取",
    ),
)


def evidence_rows() -> Rows:
    """What cites something first, then pure assumptions."""
    names = ("evidence", "kind", "title", "title_zh", "address", "as_of", "confidence")
    facts = [dict(zip(names, fact, strict=True)) for fact in _FACTS]
    assumed = [
        {
            "evidence": evidence,
            "kind": "assumption",
            "title": title,
            "title_zh": title_zh,
            "as_of": "2026-11-22",
            "confidence": "low",
        }
        for evidence, title, title_zh in _ASSUMED
    ]
    return [*facts, *assumed]
