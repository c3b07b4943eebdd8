"""The one list of tables that make up a network folder."""

from __future__ import annotations

from doseline.model import calendars, demand, opening, ordering, supply, transport, treatment
from doseline.model.columns import Table, table_of

TABLES: tuple[Table, ...] = (
    table_of(supply.Evidence, "evidence", zh="依据", required=True),
    table_of(calendars.WorkCalendar, "calendars", zh="日历", required=False),
    table_of(calendars.Holiday, "holidays", zh="节假日与调休", required=False),
    table_of(supply.Product, "products", zh="产品", required=True),
    table_of(supply.Source, "sources", zh="同位素来源", required=True),
    table_of(supply.SupplyChange, "supply_changes", zh="供应变化", required=False),
    table_of(supply.Lot, "lots", zh="每周同位素批料", required=True),
    table_of(supply.Line, "lines", zh="产线", required=True),
    table_of(supply.Changeover, "changeovers", zh="换产清场", required=False),
    table_of(supply.Batch, "batches", zh="每周生产时段", required=True),
    table_of(supply.Licence, "licences", zh="许可证", required=True),
    table_of(transport.Hub, "hubs", zh="枢纽", required=False),
    table_of(transport.Carrier, "carriers", zh="承运方", required=False),
    table_of(transport.Lane, "lanes", zh="线路", required=True),
    table_of(transport.Departure, "departures", zh="班次", required=False),
    table_of(treatment.Site, "sites", zh="治疗单位", required=True),
    table_of(treatment.Suite, "suites", zh="治疗室", required=True),
    table_of(treatment.Staff, "staff", zh="人员", required=True),
    table_of(treatment.Trainee, "training", zh="人员培训", required=False),
    table_of(treatment.Task, "tasks", zh="每次输注所需工时", required=True),
    table_of(treatment.Learning, "learning", zh="学习曲线", required=False),
    table_of(treatment.WasteStream, "waste_streams", zh="每次给药的废物", required=False),
    table_of(treatment.WasteStore, "waste_stores", zh="衰变室与衰变池", required=False),
    table_of(treatment.Tracer, "tracers", zh="示踪剂", required=True),
    table_of(treatment.TracerSupply, "tracer_supply", zh="示踪剂供应", required=False),
    table_of(treatment.Scanner, "scanners", zh="扫描仪", required=True),
    table_of(demand.Region, "regions", zh="地区", required=True),
    table_of(demand.Incidence, "incidence", zh="发病", required=True),
    table_of(demand.Gate, "pathways", zh="诊疗路径", required=True),
    table_of(ordering.Listing, "listings", zh="进院与挂网", required=False),
    table_of(demand.Payer, "payers", zh="支付方", required=True),
    table_of(demand.PayerShare, "payer_mix", zh="支付构成", required=True),
    table_of(demand.Cost, "costs", zh="成本", required=True),
    table_of(ordering.OrderingCutoff, "ordering_cutoffs", zh="订购截止", required=False),
    table_of(ordering.Commitment, "commitments", zh="承诺阶梯", required=False),
    table_of(ordering.Quota, "quotas", zh="每周配额", required=False),
    table_of(ordering.Continuation, "continuation", zh="后续给药比例", required=False),
    table_of(demand.Order, "orders", zh="订单", required=False),
    table_of(opening.Stock, "stock", zh="期初库存", required=False),
    table_of(opening.InFlight, "in_flight", zh="期初在途", required=False),
    table_of(opening.Booking, "booked", zh="已预约", required=False),
    table_of(opening.Reservation, "reservations", zh="后续给药预留", required=False),
    table_of(opening.Waste, "waste", zh="期初废物", required=False),
    table_of(opening.Course, "courses", zh="进行中的疗程", required=False),
    table_of(opening.Experience, "experience", zh="既往给药例数", required=False),
)

BY_NAME: dict[str, Table] = {table.name: table for table in TABLES}
BY_ROW: dict[type, Table] = {table.row: table for table in TABLES}
