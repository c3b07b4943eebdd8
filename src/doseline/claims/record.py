"""An infusion as the record of a hospital or office has it: one claim, with its service lines.

The activities are texts with their unit (``7.4 GBq``, ``200 mCi``); all else is typed by its
column. Where the record leaves the units of a drug line empty, they are counted from the activity.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from doseline.model.columns import Table, column, table_of

FORMS = ("institutional", "professional")
RELATIONS = ("self", "spouse", "child", "other")
PAYER_ORDERS = ("P", "S", "T")
SEXES = ("F", "M", "U")


@dataclass(frozen=True, slots=True, kw_only=True)
class Infusion:
    """One infusion of one patient, which becomes one claim."""

    claim: str = column("Number of the claim in your own system", "本单位的索赔编号", key=True)
    form: str = column("Form of the claim", "索赔类型", allowed=FORMS)
    frequency: str = column(
        "1 first claim, 7 replacement, 8 cancellation", "1 首次，7 替换，8 撤销", default="1"
    )
    original_claim: str = column(
        "The payer's number of the claim that is replaced or cancelled",
        "被替换或撤销索赔的支付方编号",
        default="",
    )
    total_charge: Decimal | None = column(
        "Charge of the whole claim; the sum of the lines when empty",
        "索赔总收费；空缺时为各行之和",
        unit="currency",
        default=None,
    )
    patient_last: str = column("Family name of the patient", "患者姓")
    patient_first: str = column("Given name of the patient", "患者名")
    birth_date: date = column("Date of birth", "出生日期")
    sex: str = column("F, M or U (unknown)", "F 女、M 男、U 未知", allowed=SEXES)
    patient_address: str = column("Street of the patient", "患者街道地址")
    patient_city: str = column("City of the patient", "患者所在城市")
    patient_state: str = column("State of the patient, two letters", "患者所在州（两字母）")
    patient_zip: str = column("Postal code of the patient", "患者邮政编码")
    relationship: str = column(
        "Patient as seen by the subscriber", "患者与参保人的关系", allowed=RELATIONS, default="self"
    )
    payer: str = column(
        "Kind of payer, a name of the payer table", "支付方类型（支付方表中的名称）"
    )
    payer_name: str = column("Name of the payer", "支付方名称")
    payer_id: str = column("Electronic number of the payer", "支付方电子编号")
    payer_order: str = column(
        "P primary, S secondary, T tertiary", "P 首位、S 次位、T 第三位支付方",
        allowed=PAYER_ORDERS, default="P",
    )  # fmt: skip
    subscriber_id: str = column("Member number", "参保编号", default="")
    subscriber_last: str = column(
        "Family name of the subscriber, unless it is the patient", "参保人姓（非患者本人时）",
        default="",
    )  # fmt: skip
    subscriber_first: str = column(
        "Given name of the subscriber, unless it is the patient", "参保人名（非患者本人时）",
        default="",
    )  # fmt: skip
    other_payer_name: str = column("Other payer of the patient", "其他支付方名称", default="")
    other_payer_id: str = column(
        "Electronic number of the other payer", "其他支付方编号", default=""
    )
    other_payer: str = column("Kind of the other payer", "其他支付方类型", default="")
    other_subscriber_id: str = column(
        "Member number at the other payer", "在其他支付方的参保编号", default=""
    )
    other_paid: Decimal | None = column(
        "What the other payer has paid", "其他支付方已付金额", unit="currency", default=None
    )
    filing_days: int | None = column(
        "Days the contract allows for filing; the payer table's when empty",
        "合同规定的申报期限；空缺时取支付方表",
        unit="d",
        minimum=1,
        default=None,
    )
    billing_name: str = column("Name of the billing provider", "开票机构名称")
    billing_npi: str = column("National provider number of the biller", "开票机构 NPI")
    billing_taxonomy: str = column("Taxonomy code of the biller", "开票机构分类代码")
    billing_tax_id: str = column("Tax number of the biller", "开票机构税号")
    billing_address: str = column("Street of the biller", "开票机构街道地址")
    billing_city: str = column("City of the biller", "开票机构城市")
    billing_state: str = column("State of the biller", "开票机构所在州")
    billing_zip: str = column("Postal code of the biller, nine digits", "开票机构邮政编码（九位）")
    contact_name: str = column("Who answers questions on the claim", "索赔联系人")
    contact_phone: str = column("Telephone of the contact, ten digits", "联系电话（十位）")
    facility_name: str = column(
        "Place of treatment, unless the biller", "治疗地点（非开票机构时）", default=""
    )
    facility_npi: str = column("Provider number of that place", "该地点的 NPI", default="")
    facility_address: str = column("Street of that place", "该地点街道地址", default="")
    facility_city: str = column("City of that place", "该地点城市", default="")
    facility_state: str = column("State of that place", "该地点所在州", default="")
    facility_zip: str = column("Postal code of that place", "该地点邮政编码", default="")
    physician_last: str = column(
        "Attending (institutional) or rendering (professional) physician, family name",
        "主治（机构）或执行（专业）医师姓", default="",
    )  # fmt: skip
    physician_first: str = column("Given name of that physician", "该医师名", default="")
    physician_npi: str = column("Provider number of that physician", "该医师 NPI", default="")
    referring_last: str = column("Referring physician, family name", "转诊医师姓", default="")
    referring_first: str = column("Referring physician, given name", "转诊医师名", default="")
    referring_npi: str = column(
        "Provider number of the referring physician", "转诊医师 NPI", default=""
    )
    receiver_name: str = column(
        "Clearing house that gets the file; the payer when empty", "接收方；空缺时为支付方",
        default="",
    )  # fmt: skip
    receiver_id: str = column("Electronic number of the receiver", "接收方电子编号", default="")
    place_of_service: str = column(
        "Place of service, two digits (professional)", "服务地点代码，两位（专业）", default=""
    )
    bill_type: str = column(
        "Type of bill, e.g. 0131 (institutional)", "账单类型，如 0131（机构）", default=""
    )
    admission_source: str = column("Point of origin", "来源代码", default="1")
    patient_status: str = column("Discharge status", "离院状态", default="01")
    condition_codes: str = column(
        "Condition codes, with spaces", "状况代码（空格分隔）", default=""
    )
    diagnoses: str = column(
        "ICD-10-CM codes, the principal one first, with spaces", "ICD-10-CM 编码，主诊断在前"
    )
    castration_resistant: bool = column(
        "The chart shows castration-resistant disease", "病历显示去势抵抗", default=False
    )
    order_date: date | None = column("Day the dose was ordered", "订药日期", default=None)
    directive_date: date | None = column(
        "Day of the written directive", "书面医嘱日期", default=None
    )
    infusion_date: date = column("Day of the infusion, at the place", "输注日期（当地）")
    hcpcs: str = column("Code of the dose", "药品 HCPCS 编码")
    prescribed: str = column(
        "Activity of the written directive, with its unit", "书面医嘱活度（含单位）"
    )
    supplied: str = column(
        "Activity in the vial at administration, with its unit", "给药时瓶内活度（含单位）",
        default="",
    )  # fmt: skip
    administered: str = column("Activity given, with its unit", "给药活度（含单位）")
    discarded: str = column(
        "Activity left over and discarded, with its unit", "弃置活度（含单位）", default="0 Bq"
    )
    weight_kg: float | None = column("Weight of the patient", "体重", unit="kg", minimum=1, maximum=400, default=None)  # fmt: skip
    lot: str = column("Lot of the dose", "批号", default="")
    cycle: int = column("Number of this dose in the course", "疗程中第几次", minimum=1)
    previous_date: date | None = column("Day of the dose before", "上次给药日期", default=None)
    previous_given: str = column(
        "Activity of the dose before, with its unit", "上次给药活度（含单位）", default=""
    )
    given_before: str = column(
        "Activity of all doses before together, with its unit", "既往累计活度（含单位）", default=""
    )
    pet_date: date | None = column("Day of the PET that selected", "筛选 PET 日期", default=None)
    pet_agent: str = column("HCPCS code of the PET agent", "PET 显像剂 HCPCS 编码", default="")
    pet_positive: bool = column("The PET showed uptake", "PET 显像阳性", default=False)
    authorisation: str = column("Authorisation number", "预授权编号", default="")
    authorisation_code: str = column("Code that was authorised", "获批的编码", default="")
    authorisation_start: date | None = column("First day it covers", "授权起始日", default=None)
    authorisation_end: date | None = column("Last day it covers", "授权截止日", default=None)
    authorisation_units: int | None = column(
        "Units it covers", "授权单位数", minimum=0, default=None
    )
    authorisation_used: int = column(
        "Units used of it before", "此前已用单位数", minimum=0, default=0
    )
    course_doses: int | None = column(
        "Doses planned in the course", "计划次数", minimum=1, default=None
    )
    trial: str = column(
        "Number of the clinical trial, NCT and eight digits", "临床试验编号", default=""
    )
    discount: bool = column(
        "Bought under a public discount programme", "按公共折扣计划购入", default=False
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One service line of a claim."""

    service_date: date | None = column(
        "Day of the service; the infusion's when empty", "服务日期；空缺时为输注日", default=None
    )
    revenue: str = column("Revenue code, four digits", "收入代码（四位）", default="")
    code: str = column("Procedure or drug code of the line", "该行的项目或药品编码")
    modifiers: str = column("Modifiers, with spaces", "修饰符（空格分隔）", default="")
    units: float | None = column(
        "Units; of drug lines counted from the activity when empty", "单位数；药品行空缺时由活度计算",
        unit="1", default=None,
    )  # fmt: skip
    charge: Decimal = column("Charge of the line", "该行收费", unit="currency")
    ndc: str = column("National drug code, eleven digits", "国家药品代码（十一位）", default="")
    ndc_unit: str = column("Unit of the drug quantity, e.g. ML", "药品数量单位，如 ML", default="")
    ndc_quantity: float | None = column("Quantity of the drug", "药品数量", default=None)
    description: str = column(
        "Words for a code that names no product", "无专用编码时的说明", default=""
    )
    invoice: Decimal | None = column("Invoice amount of the dose", "药品发票金额", unit="currency", default=None)  # fmt: skip
    status: str = column(
        "Payment status in your charge master", "本院收费库中的支付状态", default=""
    )


INFUSIONS: Table = table_of(Infusion, "claims", zh="输注记录", required=True)
LINES: Table = table_of(Line, "claims", zh="服务行", required=True)
