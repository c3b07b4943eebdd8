"""What the routes of entry of the Chinese example rest on."""

from __future__ import annotations

ENTRY_SOURCED = (
    (
        "entry-actual",
        "secondary",
        "The Lu-PSMA on sale: application accepted about 13 November 2024 with priority review, approved in early November 2025 (taken as 5 November), distribution agreement on 22 January 2026, taken as the start of sale (press reports)",
        "已上市Lu-PSMA：2024年11月13日前后受理并纳入优先审评，2025年11月初获批（按11月5日计），2026年1月22日分销协议（按开始销售计）（媒体报道）",
        "https://flcube.com/?p=55183",
        "2026-01-22",
        "medium",
    ),
    (
        "entry-clocks",
        "official",
        "Provisions for Drug Registration (2020), article 96: clinical trial application 60 workdays, marketing application 200, 130 with priority review, supplementary application 200 where inspection is involved; read in a translation",
        "《药品注册管理办法》（2020年）第九十六条：临床试验申请60个工作日，上市申请200个，优先审评130个，需核查检验的补充申请200个；据译文",
        "https://www.nmpa.gov.cn",
        "2020-07-01",
        "medium",
    ),
    (
        "entry-stops",
        "computed",
        "From acceptance on 13 November 2024 to approval on 5 November 2025 there are 357 days; 130 workdays (Monday to Friday; the holidays of 2025 are not in the tables) end on 14 May 2025, so that 175 days are left for questions, inspection and decision. Up or down by three months: assumed for other products",
        "自2024年11月13日受理至2025年11月5日获批共357天；130个工作日（周一至周五，表中无2025年节假日）止于2025年5月14日，余175天用于发补、核查与审批。其他产品上下三个月为假设",
        "https://flcube.com/?p=55183",
        "2025-11-05",
        "low",
    ),
    (
        "entry-list",
        "secondary",
        "National list: the round of 2025 took products approved by 30 June 2025 and came into force on 1 January 2026; taken to repeat. Of 117 negotiated in 2024 89 were listed (76 %), of 249 candidates 36 %; two further rounds are assumed, and what a negotiation costs",
        "国家医保目录：2025年轮次面向2025年6月30日前获批产品，2026年1月1日起执行，假设每年如此。2024年谈判117种、纳入89种（76%），占249种申报的36%；其后两轮及谈判费用为假设",
        "https://flcube.com/?p=36452",
        "2025-12-07",
        "medium",
    ),
    (
        "entry-list-price",
        "published",
        "Cancer drugs listed in 2024 cost 11,796 to 297,200 CNY a year and fell by 63 % on average (ISPOR 2025): a dose of at most 49,500 CNY for six doses. Assumed: 45,000 CNY, at least 30,000; renewals every two years take 5 % a year",
        "2024年新增肿瘤药年费用11,796至297,200元，平均降幅63%（ISPOR 2025）：六剂疗程每剂至多49,500元。假设：每剂4.5万元，至少3万元；两年一次续约，年降5%",
        "https://www.ispor.org",
        "2025-05-13",
        "medium",
    ),
    (
        "entry-success",
        "published",
        "Phase transitions in oncology 2006 to 2015: phase 1 62.8 %, phase 2 24.6 %, phase 3 40.1 %, application 82.4 % (BIO and Biomedtracker 2016); 2011 to 2020 with patients selected by a marker nearly one in two in phase 2 (BIO 2021). Assumed: the likely values between them, one pivotal trial in place of phases 2 and 3, its ends from 0.246 x 0.401 to 0.5 x 0.7",
        "肿瘤药2006—2015年各期转化率：I期62.8%，II期24.6%，III期40.1%，上市申请82.4%（BIO与Biomedtracker 2016）；2011—2020年按标志物筛选者II期近五成（BIO 2021）。假设：取其间值，以一项关键试验代替II、III期，范围0.246×0.401至0.5×0.7",
        "https://www.bio.org",
        "2021-02-17",
        "medium",
    ),
    (
        "entry-trial-rule",
        "secondary",
        "Rule on investigator-initiated clinical research in health institutions (No. 32 of 2024, in force since 1 October 2024): ethics, registration on the national platform, free to the patient, data supportive only. Assumed: 90 days to begin, a year to first results of 30 patients, money, and that data count 60 % elsewhere",
        "《医疗卫生机构开展研究者发起的临床研究管理办法》（国卫科教发〔2024〕32号，2024年10月1日起施行）：伦理、平台备案、对患者免费、数据仅作支持。假设：90天启动，一年得到30例初步结果，费用，数据对境外价值六成",
        "https://www.nhc.gov.cn",
        "2024-10-01",
        "low",
    ),
)
"""Sources; a row says what of it is assumed."""

ENTRY_ASSUMED = (
    (
        "entry-question",
        "Which routes are compared, from which day, and to what year: a question that we ask, no figure",
        "比较哪些路径、自何日起、计至何年：所提问题，非数据",
        "",
    ),
    (
        "entry-terms",
        "Discount rate of 12 % a year, 9 to 15 %, as usual for drugs in development. Candidates for the alpha emitter: 40 % of those for Lu-PSMA, 20 to 60 %, as it comes after it. The programme elsewhere is worth 8 billion CNY if it succeeds, 3 to 20, and succeeds with 8 %; it has its own human data at the end of 2027; earlier data save it up to six months and raise its probability by one point, none to three. No source: change them first",
        "年折现率12%（9%至15%），为在研药物常用值。α核素候选者为Lu-PSMA的40%（20%至60%），因其用于其后。境外项目成功价值80亿元（30亿至200亿元），成功率8%；2027年底自有人体数据；更早的数据最多节省六个月、提高成功率一个百分点（零至三）。均无来源，宜首先替换",
        "",
    ),
    (
        "entry-development",
        "Times and money of development: preparing an application to begin trials 180 days, a first trial 300 days and 40 million CNY, a pivotal trial three years and 100 million, preparing the marketing application 120 days; ranges of a quarter to a half. No figures of Chinese radioligand trials were found",
        "研发时间与费用：临床试验申请准备180天，首次人体试验300天、4000万元，关键试验三年、1亿元，上市申请准备120天；上下四分之一至二分之一。未查到中国放射性配体试验数据",
        "",
    ),
    (
        "entry-market",
        "Share of the candidates reached: on sale but on no list 6 %, listed 30 %, after three years; price of the alpha emitter before the list 90,000 CNY a dose, costs of a dose 20,000 CNY flown in and 11,000 CNY made in the country; the share of Lu-PSMA is lower on no list, as nearly all must pay themselves. No source",
        "可及候选者比例：上市未入目录6%，入目录30%（三年后）；α核素入目录前每剂9万元，进口每剂成本2万元、本地生产1.1万元；Lu-PSMA未入目录者几乎全部自付，比例更低。无来源",
        "",
    ),
    (
        "entry-plant",
        "A line for alpha emitters in the country: 150 million CNY, two years, built at risk beside the pivotal trial. Plants for Lu-177 were reported at 600 million CNY",
        "本地α核素产线：1.5亿元、两年，与关键试验并行、风险自担。镥-177工厂报道投资为6亿元",
        "",
    ),
    (
        "entry-preparation",
        "A hospital preparation under category IV, charged to the patient where the province lets a price be set: half a year to file, one chance in two; 2 % of the candidates at few hospitals; the developer sells the precursor for 6,000 CNY a dose at a cost of 1,500 CNY. It ends when a product that supplies the market is on sale, as the scope of the category may ask. The licence itself takes four months, none where the hospital holds it, and is paid by the hospital",
        "第四类资质下的医院制剂，在可定价省份向患者收费：备案半年，成功率五成；少数医院覆盖候选者的2%；开发方以每剂6000元出售前体（成本1500元）。有产品供应市场后即终止（资质范围可能如此要求）。资质本身约四个月，已持有者不需时，费用由医院承担",
        "",
    ),
    (
        "entry-history",
        "Price once listed after years of cheap hospital doses, which then serve as comparator: 33,000 CNY a dose, at least 20,000, at most the pattern of the list. doseline ceilings works it out from weights and comparators; here it is a guess",
        "多年低价医院制剂作为比较对照之后的入目录价：每剂3.3万元，至少2万元，至多为目录惯例。doseline ceilings 可由权重与对照推算，此处为估计",
        "",
    ),
)
"""Assumptions, with what speaks for them."""
