"""Linear and mixed-integer programs as arrays, solved by HiGHS with deterministic settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import highspy
import numpy as np

from doseline.plan.errors import SolverError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

INFINITY = float(highspy.kHighsInf)
_SEED = 1
_FINE = (
    highspy.HighsModelStatus.kOptimal,
    highspy.HighsModelStatus.kSolutionLimit,
    highspy.HighsModelStatus.kIterationLimit,
)


_AGAIN: tuple[dict[str, Any], ...] = ({}, {"presolve": "off", "simplex_scale_strategy": 0})
"""Settings with which a solve that ended in no usable state is begun once more, from nothing."""


@dataclass(slots=True)
class Rows:
    """Rows of a program while they are collected: triplets and their bounds."""

    row: list[Ints] = field(default_factory=list)
    column: list[Ints] = field(default_factory=list)
    value: list[Floats] = field(default_factory=list)
    lower: list[Floats] = field(default_factory=list)
    upper: list[Floats] = field(default_factory=list)
    count: int = 0

    def add(self, *, lower: Floats | float, upper: Floats | float, count: int) -> int:
        """Append empty rows; the number of the first."""
        first = self.count
        self.lower.append(np.broadcast_to(np.asarray(lower, dtype=np.float64), (count,)))
        self.upper.append(np.broadcast_to(np.asarray(upper, dtype=np.float64), (count,)))
        self.count += count
        return first

    def fill(self, row: Ints, column: Ints, value: Floats | float) -> None:
        """Coefficients of rows that were added."""
        self.row.append(np.asarray(row, dtype=np.int64))
        self.column.append(np.asarray(column, dtype=np.int64))
        self.value.append(np.broadcast_to(np.asarray(value, dtype=np.float64), self.row[-1].shape))

    def bounds(self) -> tuple[Floats, Floats]:
        """Lower and upper bounds of all rows."""
        return np.concatenate(self.lower), np.concatenate(self.upper)

    def append(self, rows: Rows) -> None:
        """Append rows with their coefficients."""
        self.row.extend(row + self.count for row in rows.row)
        self.column.extend(rows.column)
        self.value.extend(rows.value)
        self.lower.extend(rows.lower)
        self.upper.extend(rows.upper)
        self.count += rows.count

    def entries(self) -> tuple[Ints, Ints, Floats]:
        """Row, column and value of each coefficient."""
        none = np.empty(0, dtype=np.int64)
        return (
            np.concatenate([none, *self.row]),
            np.concatenate([none, *self.column]),
            np.concatenate([none.astype(np.float64), *self.value]),
        )

    def renumbered(self, numbers: Ints) -> Rows:
        """The same rows over some of the columns.

        Args:
            numbers: New number of each column; negative where it is left out.
        """
        row, column, value = self.entries()
        kept = numbers[column] >= 0
        found = Rows(lower=list(self.lower), upper=list(self.upper), count=self.count)
        found.fill(row[kept], numbers[column[kept]], value[kept])
        return found

    def compressed(self) -> tuple[Ints, Ints, Floats]:
        """Starts, columns and values, row by row."""
        row, column, value = self.entries()
        order = np.lexsort((column, row))
        starts = np.searchsorted(row[order], np.arange(self.count + 1))
        return starts, column[order], value[order]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What HiGHS found."""

    values: Floats
    objective: float
    bound: float
    """No solution of the program has a smaller objective."""
    finished: bool
    """Whether the asked gap was reached, rather than a limit."""


class Highs:
    """One HiGHS program that can be changed and solved again.

    Threads, seed and all stopping rules are fixed: the same program gives the same answer.
    """

    def __init__(
        self,
        *,
        cost: Floats,
        lower: Floats,
        upper: Floats,
        rows: Rows,
        integer: Bools | None = None,
        log: Callable[[str], None] | None = None,
    ) -> None:
        self.highs: Any = _new()
        self.size = cost.size
        for option, value in (
            ("output_flag", False),
            ("threads", 1),
            ("random_seed", _SEED),
        ):
            self.highs.setOptionValue(option, value)
        if log is not None:
            self.highs.setOptionValue("output_flag", True)
            self.highs.setOptionValue("log_to_console", False)
            self.highs.cbLogging += lambda event: log(str(event.message).rstrip())
        self.highs.passModel(_model(cost, lower, upper, rows, integer))

    def option(self, name: str, value: Any) -> None:
        """Set one option of HiGHS."""
        self.highs.setOptionValue(name, value)

    def add_rows(self, rows: Rows) -> None:
        """Append rows."""
        starts, columns, values = rows.compressed()
        lower, upper = rows.bounds()
        self.highs.addRows(
            rows.count,
            lower,
            upper,
            values.size,
            starts[:-1].astype(np.int32),
            columns.astype(np.int32),
            values,
        )

    def add_columns(
        self, *, cost: Floats, lower: Floats, upper: Floats, entries: tuple[Ints, Ints, Floats]
    ) -> None:
        """Append columns.

        Args:
            cost: Of each new column.
            lower: Least value of each.
            upper: Largest value of each.
            entries: Row, number among the new columns and value of each coefficient.
        """
        row, column, value = entries
        order = np.lexsort((row, column))
        starts = np.searchsorted(column[order], np.arange(cost.size))
        self.highs.addCols(
            cost.size,
            cost,
            lower,
            upper,
            value.size,
            starts.astype(np.int32),
            row[order].astype(np.int32),
            value[order],
        )
        self.size += cost.size

    def price_columns(self, columns: Ints, cost: Floats) -> None:
        """Change the costs of some columns."""
        self.highs.changeColsCost(columns.size, columns.astype(np.int32), cost)

    def bound_columns(self, columns: Ints, lower: Floats, upper: Floats) -> None:
        """Change the bounds of some columns."""
        self.highs.changeColsBounds(
            columns.size, columns.astype(np.int32), lower.astype(float), upper.astype(float)
        )

    def bound_rows(self, rows: Ints, lower: Floats, upper: Floats) -> None:
        """Change the bounds of some rows."""
        self.highs.changeRowsBounds(
            rows.size, rows.astype(np.int32), lower.astype(float), upper.astype(float)
        )

    def make_integer(self, columns: Ints, *, integer: bool = True) -> None:
        """Demand whole numbers of some columns, or no longer."""
        kind = highspy.HighsVarType.kInteger if integer else highspy.HighsVarType.kContinuous
        kinds = np.full(columns.size, int(kind), dtype=np.uint8)
        self.highs.changeColsIntegrality(columns.size, columns.astype(np.int32), kinds)

    def start_from(self, values: Floats) -> None:
        """A full solution to start from."""
        solution = highspy.HighsSolution()
        solution.col_value = values.tolist()
        self.highs.setSolution(solution)

    def solve_if_possible(self, stage: str) -> Answer | None:
        """Solve to the stopping rules that are set; None if there is no solution.

        Raises:
            SolverError: If the solver fails.
        """
        self._run()
        if self._status == highspy.HighsModelStatus.kInfeasible:
            return None
        return self._answer(stage)

    def solve(self, stage: str) -> Answer:
        """Solve to the stopping rules that are set.

        Raises:
            SolverError: If the solver proves that there is no solution, or fails.
        """
        self._run()
        return self._answer(stage)

    def _run(self) -> None:
        """Solve; if that ends in no usable state, once more from nothing, then with other settings.

        From the last basis, with penalties that are large beside the money, the solver may end
        with an answer that it cannot vouch for once its scaling is undone ("Unknown").
        """
        self.highs.run()
        for settings in _AGAIN:
            if self._status in (*_FINE, highspy.HighsModelStatus.kInfeasible):
                return
            usual = {name: self.highs.getOptionValue(name)[1] for name in settings}
            self.forget()
            for name, value in settings.items():
                self.option(name, value)
            self.highs.run()
            for name, value in usual.items():
                self.option(name, value)

    @property
    def _status(self) -> Any:
        return self.highs.getModelStatus()

    def _answer(self, stage: str) -> Answer:
        """The answer of the last solve.

        Raises:
            SolverError: If there is none.
        """
        status, info = self._status, self.highs.getInfo()
        found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        if status not in _FINE or not found:
            raise SolverError(self.highs.modelStatusToString(status), stage=stage)
        mip = bool(info.mip_node_count >= 0)
        return Answer(
            values=np.array(self.highs.getSolution().col_value),
            objective=float(info.objective_function_value),
            bound=float(info.mip_dual_bound if mip else info.objective_function_value),
            finished=status == highspy.HighsModelStatus.kOptimal,
        )

    @property
    def row_prices(self) -> Floats:
        """Dual value of each row of the last continuous solve."""
        return np.array(self.highs.getSolution().row_dual)

    @property
    def reduced_costs(self) -> Floats:
        """Reduced cost of each column of the last continuous solve."""
        return np.array(self.highs.getSolution().col_dual)

    @property
    def basis(self) -> Any:
        """The basis of the last continuous solve; set it to start the next one there."""
        return self.highs.getBasis()

    @basis.setter
    def basis(self, basis: Any) -> None:
        # What the solver remembers besides its basis would make an answer depend on those before.
        self.forget()
        self.highs.setBasis(basis)

    def start_at(self, columns: Ints, rows: Ints) -> None:
        """Start the next continuous solve from a basis that is put together.

        Args:
            columns: Of each column: -1 at its least value, 0 in the basis, 1 at its largest.
            rows: The same of each row.
        """
        kinds = highspy.HighsBasisStatus
        of = {-1: kinds.kLower, 0: kinds.kBasic, 1: kinds.kUpper}
        basis = highspy.HighsBasis()
        basis.col_status = [of[one] for one in columns.tolist()]
        basis.row_status = [of[one] for one in rows.tolist()]
        basis.valid, basis.alien = True, False
        self.highs.setBasis(basis)

    def forget(self) -> None:
        """Start the next solve afresh."""
        self.highs.clearSolver()

    @property
    def nodes(self) -> int:
        """Nodes of branch and bound of the last solve."""
        return max(0, int(self.highs.getInfo().mip_node_count))

    @property
    def steps(self) -> int:
        """Steps of the simplex method in the last solve."""
        return max(0, int(self.highs.getInfo().simplex_iteration_count))


def solver_name() -> str:
    """Name and version of the solver, for provenance."""
    return f"HiGHS {_new().version()}"


def stop_at(highs: Highs, gap: float, *, node_limit: int) -> None:
    """Stop at an absolute gap, in [currency], or at a node limit."""
    highs.option("mip_rel_gap", 0.0)
    highs.option("mip_abs_gap", max(1e-6, gap))
    highs.option("mip_max_nodes", node_limit)


def grown(basis: Any, *, columns: int, rows: int) -> Any:
    """A basis with so many columns and rows; columns that it lacks at their least values.

    Args:
        basis: Of a program before some of its columns and rows joined.
        columns: Columns of the program now.
        rows: Rows of the program now; those that the basis lacks do not bind.
    """
    kinds = highspy.HighsBasisStatus
    kept, held = list(basis.col_status), list(basis.row_status)
    basis.col_status = kept + [kinds.kLower] * (columns - len(kept))
    basis.row_status = held + [kinds.kBasic] * (rows - len(held))
    return basis


def least_of(group: Ints, value: Floats, most: int) -> Bools:
    """Which of some values are among so many of their group that are least."""
    order = np.lexsort((value, group))
    ordered = group[order]
    rank = np.arange(order.size) - np.searchsorted(ordered, ordered)
    chosen = np.zeros(group.size, dtype=bool)
    chosen[order[rank < most]] = True
    return chosen


def _new() -> Any:
    """An empty HiGHS program; its Python class is only partly typed."""
    make: Any = highspy.Highs
    return make()


def _model(
    cost: Floats, lower: Floats, upper: Floats, rows: Rows, integer: Bools | None
) -> highspy.HighsLp:
    starts, columns, values = rows.compressed()
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = cost.size, rows.count
    model.col_cost_, model.col_lower_, model.col_upper_ = cost, lower, upper
    model.row_lower_, model.row_upper_ = rows.bounds()
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.num_col_, model.a_matrix_.num_row_ = cost.size, rows.count
    model.a_matrix_.start_ = starts.astype(np.int32)
    model.a_matrix_.index_ = columns.astype(np.int32)
    model.a_matrix_.value_ = values
    if integer is not None:
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        model.integrality_ = [kinds[int(one)] for one in integer]
    return model
