"""Ceilings worked out by hand, each with its arithmetic; the hospital's own work costs 50."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from tests.pay.ceilings_book import book, ends, limits, situation

from doseline.io.rulebooks import load_rulebook
from doseline.pay.ceilings_later import later_stretches
from doseline.pay.ceilings_moves import Move, Raiser, moved_most
from doseline.pay.ceilings_parties import Situation, able_share, asking, binding
from doseline.pay.ceilings_pieces import payments_over
from doseline.rules import Flow


@pytest.mark.parametrize(
    ("payer", "facts", "values", "kind", "expected"),
    [
        # 1. A fixed rate of 1000 and a service of 100: 1000 + 100 - 50 = 1050.
        ("fixed", {}, {}, "all_payments", [("0", "1050.00")]),
        # 2. The hospital asks for 25 at least: 1000 + 100 - 50 - 25 = 1025.
        ("fixed", {"least": 25}, {}, "all_payments", [("0", "1025.00")]),
        # 3. The payment for the dose alone: 850 from the payer, 150 from the patient.
        ("fixed", {}, {}, "dose_payment", [("0", "1000.00")]),
        # 4. At cost up to 500, and a service of 100. Below: 100 - 50 > 0 at any price. Above:
        #    500 + 100 - 50 - p >= 0, p <= 550.
        ("cost", {}, {}, "all_payments", [("0", "550.00")]),
        # 5. The list takes 500 at most.
        ("cost", {}, {}, "list_pattern", [("0", "500.00")]),
        # 6. A package of 800: 800 - 50 - p >= 0. A review begins at items > 1600, p > 1500, and
        #    brings 5 % of 800 and more: 840 - 1550 < 0, so it changes nothing.
        ("stay", {}, {}, "all_payments", [("0", "750.00")]),
        # 7. Reviews of 90 % from items > 800, p > 700: 800 + 0.9 (100 + p - 800) = 170 + 0.9 p;
        #    120 - 0.1 p >= 0, p <= 1200; up to 700 the package is enough. In cents: at 1200.05 a
        #    review pays 170 + 1080.045 = 1250.05, just enough; at 1200.06 it pays 1250.05, too.
        ("stay", {}, {"multiple": 1, "reviewed": "0.9"}, "all_payments", [("0", "1200.05")]),
        # 8. The same from items > 1200, p > 1100: from 750.01 to 1100 the hospital loses, then a
        #    review pays again. Two stretches.
        (
            "stay",
            {},
            {"multiple": "1.5", "reviewed": "0.9"},
            "all_payments",
            [("0", "750.00"), ("1100.01", "1200.05")],
        ),
        # 9. Patients pay the price themselves; nothing is left for the hospital's work of 50.
        ("self", {}, {}, "all_payments", []),
        # 10. The same where its work costs nothing: any price.
        ("self", {"own_cost": 0}, {}, "all_payments", [("0", None)]),
        # 11. A third of the price: p / 3 + 0 - p - 50 < 0 for every price.
        ("third", {}, {}, "all_payments", []),
        # 12. 104 % of the price: 0.04 p >= 50, p >= 1250, and no end. In cents: at 1249.88 it is
        #     1299.8752, paid as 1299.88; at 1249.87 it is 1299.8648, paid as 1299.86.
        ("more", {}, {}, "all_payments", [("1249.88", None)]),
        # 13. 400 up to 300, nothing up to 900, 1000 above: 400 - 50 >= 300; 1000 - 50 = 950.
        ("ladder", {}, {}, "all_payments", [("0", "300.00"), ("900.01", "950.00")]),
        # 14. Its own dose leaves 800 - 200 - 50 = 550: buying leaves it up to 800 - 50 - 550.
        ("stay", {"making": 550, "making_cost": 200}, {}, "in_house_parity", [("0", "200.00")]),
        # 15. More work on its own dose, 80: 800 - 200 - 80 = 520, and 800 - 50 - 520 = 230.
        ("stay", {"making": 520, "making_cost": 200}, {}, "in_house_parity", [("0", "230.00")]),
        # 16. One in five cannot pay 300. What half can pay: 300 ln 0.5 / ln 0.8
        #     = 300 * 0.693147 / 0.223144 = 931.885.
        ("self", {"cannot_pay": "0.2"}, {}, "can_pay", [("0", "931.88")]),
        # 17. Nine in ten must be able to: 300 ln 0.9 / ln 0.8 = 300 * 0.105361 / 0.223144
        #     = 141.6494.
        ("self", {"cannot_pay": "0.2", "able": "0.9"}, {}, "can_pay", [("0", "141.64")]),
        # 18. The patient owes min(0.2 * 1000, 150) = 150 whatever the price; half can pay
        #     150 * 3.10628 = 465.94.
        ("fixed", {"cannot_pay": "0.2"}, {}, "can_pay", [("0", None)]),
        # 19. Three in five cannot pay 150: half can pay 150 * 0.693147 / 0.916291 = 113.47.
        ("fixed", {"cannot_pay": "0.6"}, {}, "can_pay", []),
    ],
)
def test_stretches_of_price(
    payer: str,
    facts: dict[str, object],
    values: dict[str, object],
    kind: str,
    expected: list[tuple[str, str | None]],
) -> None:
    found = limits(book(values), situation(payer, **facts))[kind]
    assert found.walked
    assert [(Decimal(low), high) for low, high in ends(found)] == [
        (Decimal(low), high) for low, high in expected
    ]


def test_cents_are_rounded_as_the_rules_round_them() -> None:
    # 20. A third of the price and 100 of own gain: p/3 + 100 - p >= 0, p <= 150. At 150.01 a
    # third is 50.003, paid as 50.00: 150.00 - 150.01 < 0.
    now = situation("third", own_cost=-100)
    assert limits(book(), now)["all_payments"].ceiling == Decimal("150.00")


def test_the_lowest_limit_binds_and_one_that_is_not_in_force_does_not() -> None:
    # 21. Hospital 550, list 500: the list binds. Not listed, it is told but does not.
    found = limits(book(), situation("cost"))
    bound = binding(found.values())
    assert bound is not None
    assert (bound.party, bound.kind, bound.ceiling) == ("payer", "list_pattern", Decimal("500.00"))
    unlisted = limits(book({"listed": 0}), situation("cost"))
    bound = binding(unlisted.values())
    assert not unlisted["list_pattern"].binds
    assert bound is not None
    assert bound.ceiling == Decimal("550.00")


def test_a_dose_of_its_own_that_loses_money_is_no_yardstick() -> None:
    # 22. 800 - 790 - 50 = -40: the hospital would not make it.
    found = limits(book(), situation("stay", making=-40, making_cost=790))
    assert "in_house_parity" not in found


def test_assumptions_are_weighed_by_money() -> None:
    # 23. At the ceiling of 1050 the hospital gets 850 + 150 + 100; its work costs 50. Only the
    # service rests on an assumption: 100 / 1150.
    found = limits(book(assumed="service"), situation("fixed"))["all_payments"]
    assert found.assumed_share == pytest.approx(100 / 1150)
    # 24. The rate is assumed, and with it both shares of it: 1000 / 1150. It is what binds.
    found = limits(book(assumed="fixed"), situation("fixed"))["all_payments"]
    assert found.assumed_share == pytest.approx(1000 / 1150)
    assert found.assumed_keys == ("fixed",)
    # 25. The hospital's own work is assumed as well: 50 / 1150.
    found = limits(book(), situation("fixed", assumed_cost=50))["all_payments"]
    assert found.assumed_share == pytest.approx(50 / 1150)


@pytest.mark.parametrize(
    ("payer", "kind", "key", "change"),
    [
        # 29. One percent more of a rate of 1000 is 10 more, all of it for the price.
        ("fixed", "all_payments", "fixed", "10.00"),
        # 30. Of a package of 800: 8.
        ("stay", "all_payments", "stay", "8.00"),
        # 31. At the ceiling of 550 the payer pays 500: one percent more is 5.
        ("cost", "all_payments", "limit", "5.00"),
        # 32. The list's own limit of 500: 5.
        ("cost", "list_pattern", "limit", "5.00"),
    ],
)
def test_the_parameter_that_moves_a_ceiling_most(
    payer: str, kind: str, key: str, change: str
) -> None:
    rules, now = book(), situation(payer)
    paid = payments_over(asking(rules, now), most=Decimal(20_000))
    limit = limits(rules, now)[kind]
    move = moved_most(Raiser(rules), now, paid, limit)
    assert move == Move(key, Decimal(change))
    # The same by solving again.
    value = rules.on(now.flow.service_date).parameter(key).value.amount
    again = limits(rules.patched({key: value * Decimal("1.01")}), now)[kind]
    assert again.ceiling is not None
    assert limit.ceiling is not None
    assert again.ceiling - limit.ceiling == move.change


def test_who_can_pay_goes_through_what_is_known_today() -> None:
    # 26. One in five cannot pay 300. Twice as much: 0.8 ** 2 = 0.64 can. Half: 0.8 ** 0.5.
    assert able_share(300.0, 300.0, 0.2) == pytest.approx(0.8)
    assert able_share(600.0, 300.0, 0.2) == pytest.approx(0.64)
    assert able_share(150.0, 300.0, 0.2) == pytest.approx(0.894427191)
    assert able_share(0.0, 300.0, 0.2) == 1.0
    assert able_share(600.0, 0.0, 0.2) == pytest.approx(0.8)


def _medicare(price: str) -> Situation:
    flow = Flow(
        code="A9607",
        activity_bq=7.4e9,
        service_date=date(2026, 4, 15),
        payer="medicare_ffs",
        setting="community",
        price=Decimal(price),
    )
    return replace(situation("fixed", own_cost=510), flow=flow)


def test_a_medicare_patient_of_april_2026() -> None:
    # 27. 200 units at 259.596 = 51,919.20. The patient owes the inpatient deductible, less
    # 20 % of the administration: 1,688.32 and 47.68; the payer 98 % of the rest: 49,226.26 and
    # 186.90. Work of 510: 49,226.26 + 1,688.32 + 186.90 + 47.68 - 510 = 50,639.16.
    found = limits(load_rulebook("us"), _medicare("48980.38"))
    assert found["all_payments"].ceiling == Decimal("50639.16")
    assert found["dose_payment"].ceiling == Decimal("50914.58")
    assert found["can_pay"].state == "open"


def test_once_rates_follow_the_price_a_medicare_patient_has_a_lowest_and_no_highest() -> None:
    # 33. The rate becomes 106 % of the price. Below the deductible the patient pays 20 % of it,
    # the payer 98 % of the rest: 0.98 * 0.8 * 1.06 p + 0.2 * 1.06 p = 1.04304 p. With 234.58 for
    # the administration and work of 510: 0.04304 p >= 275.42, p >= 6,399.16.
    found = later_stretches(load_rulebook("us"), _medicare("48980.38"), most=Decimal(10**6))
    assert found is not None
    (one,) = found
    assert float(one.low) == pytest.approx(275.42 / 0.04304, abs=3.0)
    assert one.high is None
    # Nothing follows where the rulebook says nothing of it.
    assert later_stretches(book(), situation("fixed"), most=Decimal(10**6)) is None


def test_a_listed_dose_in_a_package_of_a_chinese_city() -> None:
    # 28. Weight 0.60 at 13,000 for a tertiary hospital of level 1.1 = 8,580; the package holds
    # the dose. Reviews begin where items exceed twice that, and bring 5 % of them at most, so
    # 8,580 - 350 = 8,230 is the hospital's ceiling, far below the list's 300,000 / 6 = 50,000.
    rules = load_rulebook("cn").patched({"nrdl.listed.lu_psma": Decimal(1)})
    flow = Flow(
        code="LU-PSMA",
        activity_bq=7.4e9,
        service_date=date(2027, 3, 1),
        payer="employee_nrdl",
        setting="tertiary_a",
        locality="zhejiang",
        nights=1,
        price=Decimal(60000),
    )
    found = limits(rules, replace(situation("fixed", own_cost=350), flow=flow))
    assert found["all_payments"].ceiling == Decimal("8230.00")
    assert found["list_pattern"].ceiling == Decimal("50000.00")
    assert found["all_payments"].assumed_share > 0.9
