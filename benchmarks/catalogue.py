"""Every benchmark, how it is called, and what its answer says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchmarks.rows import Row, told

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Answer = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """A benchmark that runs as a module and prints one JSON object."""

    name: str
    of: str = ""
    """Name of its module; empty: as its own."""
    arguments: tuple[str, ...] = ()
    quick: tuple[str, ...] = ("--quick",)
    """Arguments of its smallest size."""
    rows: Callable[[Answer], list[Row]] = told

    @property
    def module(self) -> str:
        """Name of its module."""
        return f"benchmarks.{self.of or self.name}"


def _options(answer: Answer) -> list[Row]:
    return [
        Row(
            what=f"delivery options, {answer['rows']:,} rows, one core",
            figure=answer["rows per second"],
            unit="rows/s",
            ratio=answer["rows per second"] / 1e6,
            peer="the 1,000,000 asked for",
        ),
        Row(
            what="the same from given itineraries and slots",
            figure=answer["rows per second, given ways"],
            unit="rows/s",
            ratio=answer["ratio"],
            peer="the plain loop that it equals",
        ),
        Row(
            what="memory that the build adds",
            figure=answer["peak memory of the build, MiB"],
            unit="MiB",
        ),
    ]


def _plan_week(answer: Answer) -> list[Row]:
    ours, asked = answer["ours"], answer["asked_gap"]
    week = f"{answer['orders']:,} orders over {answer['sites']:,} sites"
    rows = [
        Row(
            what=f"exact plan of {week} to a gap of {100 * asked:g} %",
            figure=ours["seconds"],
            unit="s",
            ratio=answer.get("times_faster"),
            peer=_against(answer.get("monolith"), ours["gap"]),
        ),
        Row(what="its proven gap", figure=100.0 * ours["gap"], unit="%"),
        Row(what="its gap as a share of money", figure=100.0 * ours["gap of money"], unit="%"),
        Row(what="its memory", figure=ours["peak_gb"], unit="GB"),
        Row(
            what="cost of a greedy dispatcher's week",
            figure=answer["greedy"]["times ours"],
            unit="x",
        ),
    ]
    if "monolith" in answer:
        gap = answer["monolith"]["gap"]
        rows.append(Row(what="gap of the MILP when it stopped", figure=100.0 * gap, unit="%"))
    return rows + _small_week(answer)


def _against(whole: Answer | None, asked: float) -> str:
    """What a plan is compared with."""
    if whole is None:
        return ""
    peer = "one MILP over all columns, times faster"
    return peer if whole["gap"] <= asked * 1.0001 else f"{peer} at least: it ran out of time"


def _small_week(answer: Answer) -> list[Row]:
    """CP-SAT on a small week, where there is one."""
    if "small" not in answer:
        return []
    small = answer["small"]
    ours, other = small["ours"], small["cp_sat"]
    return [
        Row(
            what=f"exact plan of {small['orders']:,} orders",
            figure=ours["seconds"],
            unit="s",
            ratio=other["seconds"] / ours["seconds"],
            peer="CP-SAT, times faster",
        ),
        Row(what="gap of CP-SAT when it stopped", figure=100.0 * other["gap"], unit="%"),
    ]


def _startup(answer: Answer) -> list[Row]:
    return [
        Row(
            what=f"{name}, median of {answer['starts']} starts",
            figure=call["median_s"],
            unit="s",
            ratio=call["ratio"],
            peer="python -c pass",
        )
        for name, call in answer["calls"].items()
    ]


BENCHMARKS = (
    Benchmark(name="startup", quick=(), rows=_startup),
    Benchmark(name="physics"),
    Benchmark(name="rules"),
    Benchmark(name="options", arguments=("--json",), quick=("--json", "--quick"), rows=_options),
    Benchmark(name="weekly"),
    Benchmark(name="headroom"),
    Benchmark(name="claims"),
    Benchmark(name="explain"),
    Benchmark(name="replan"),
    Benchmark(name="plan_week", arguments=("2000", "120"), quick=("60", "5"), rows=_plan_week),
    Benchmark(
        name="plan_week_large",
        of="plan_week",
        arguments=("5000", "600"),
        quick=("80", "0"),
        rows=_plan_week,
    ),
    Benchmark(
        name="plan_week_huge",
        of="plan_week",
        arguments=("20000", "0", "2000"),
        quick=("100", "0", "100"),
        rows=_plan_week,
    ),
    Benchmark(name="tours"),
    Benchmark(name="simulate"),
    Benchmark(name="run_us", of="run_example", arguments=("us-lu177",), quick=("tiny",)),
    Benchmark(name="run_cn", of="run_example", arguments=("cn-rlt",), quick=("tiny",)),
)
