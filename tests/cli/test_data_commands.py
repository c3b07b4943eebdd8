"""convert, new, import and diff through the real command: contracts, languages, exit codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator
from tests.cli.shell import TINY, answer, doseline, is_chinese
from tests.io.broken import replace, set_cell
from tests.io.test_import import ORDERS

from doseline.cli.contract import SCHEMAS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.shell import Done

GIVEN = ("--set", "product=lu-psma")


def keeps(command: str, done: Done) -> dict[str, object]:
    """The answer of a command, which keeps its contract."""
    found = answer(done)
    Draft202012Validator(SCHEMAS[command]).validate(found)
    return found


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    path.write_text(ORDERS, encoding="utf-8")
    return path


def test_convert_answers_with_what_it_wrote(tmp_path: Path) -> None:
    to = tmp_path / "deep" / "tiny.xlsx"
    found = keeps("convert", doseline("convert", TINY, to, "--json"))
    assert (found["form"], found["left"]) == ("xlsx", ["README.md"])
    again = keeps("convert", doseline("convert", to, tmp_path / "p", "--to", "parquet", "--json"))
    assert again["tables"] == found["tables"]
    assert keeps("check", doseline("check", tmp_path / "p", "--json"))["findings"]


@pytest.mark.parametrize("command", ["check", "options"])
def test_every_command_reads_a_workbook(command: str, tmp_path: Path) -> None:
    book = tmp_path / "tiny.xlsx"
    doseline("convert", TINY, book)
    done = doseline(command, book, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert _without_files(answer(done)) == _without_files(answer(doseline(command, TINY, "--json")))


def _without_files(found: dict[str, Any]) -> dict[str, Any]:
    """An answer without sentences, which name the file."""
    for finding in found.get("findings", []):
        finding.pop("message")
    return found


def test_convert_refuses_a_broken_network_and_writes_nothing(folder: Path, tmp_path: Path) -> None:
    set_cell(folder, "products", 2, "activity_gbq", "200 mCi")
    done = doseline("convert", folder, tmp_path / "to.xlsx", "--json")
    found = keeps("error", done)
    assert done.returncode == 2
    findings = found["findings"]
    assert isinstance(findings, list)
    assert [one["code"] for one in findings] == ["unit_in_number"]
    assert not (tmp_path / "to.xlsx").exists()


def test_convert_replaces_only_when_asked(tmp_path: Path) -> None:
    to = tmp_path / "tiny.xlsx"
    assert doseline("convert", TINY, to).returncode == 0
    refused = doseline("convert", TINY, to)
    assert refused.returncode == 2
    assert "is not touched" in refused.stderr
    assert doseline("convert", TINY, to, "--replace").returncode == 0


@pytest.mark.parametrize("template", ["us", "cn", "tiny"])
def test_a_new_network_passes_the_check(template: str, tmp_path: Path) -> None:
    found = keeps("new", doseline("new", tmp_path / "mine", "--from", template, "--json"))
    assert str(found["from"]).startswith(template)
    assert doseline("check", tmp_path / "mine").returncode == 0
    again = doseline("new", tmp_path / "mine", "--from", template, "--json")
    assert keeps("error", again)["error"]
    assert again.returncode == 2


def test_an_empty_network_says_what_to_fill_in(tmp_path: Path) -> None:
    assert doseline("new", tmp_path / "mine").returncode == 0
    checked = doseline("check", tmp_path / "mine")
    assert checked.returncode == 2
    assert "The table products has no rows" in checked.stdout
    assert (tmp_path / "mine" / "README.md").read_text(encoding="utf-8").startswith("# A new")


def test_diff_answers_with_what_differs(folder: Path) -> None:
    set_cell(folder, "batches", 3, "max_doses", "5")
    replace(folder / "network.toml", "weeks = 4\nwarm", "weeks = 5\nwarm")
    done = doseline("diff", TINY, folder, "--json")
    found = keeps("diff", done)
    assert done.returncode == 0
    assert found["settings"] == [{"name": "cohort.weeks", "unit": "week", "before": 4, "after": 5}]
    tables = found["tables"]
    assert isinstance(tables, list)
    assert tables[0]["changes"] == [
        {
            "key": "psma-wed",
            "column": "max_doses",
            "unit": "",
            "before": "3",
            "after": "5",
            "change": 2.0,
            "change_percent": pytest.approx(200 / 3),
        }
    ]


def test_diff_of_the_same_network_says_so(tmp_path: Path) -> None:
    doseline("convert", TINY, tmp_path / "tiny.xlsx")
    done = doseline("diff", TINY, tmp_path / "tiny.xlsx")
    assert (done.returncode, done.stderr) == (0, "")
    assert "are the same network" in done.stdout
    assert keeps("diff", doseline("diff", TINY, TINY, "--json"))["same"] is True


def test_diff_shows_before_and_after_with_unit_and_percentage(folder: Path) -> None:
    set_cell(folder, "products", 2, "activity_gbq", "7.77")
    done = doseline("diff", TINY, folder)
    (line,) = [one for one in done.stdout.splitlines() if "lu-psma" in one]
    assert line.split()[2:] == ["activity_gbq", "GBq", "7.4", "7.77", "+5", "%"]


def test_diff_refuses_a_network_with_errors(folder: Path) -> None:
    set_cell(folder, "products", 2, "activity_gbq", "much")
    done = doseline("diff", TINY, folder, "--json")
    assert keeps("error", done)["findings"]
    assert done.returncode == 2


def test_import_answers_how_each_column_is_filled(orders: Path, folder: Path) -> None:
    call = ("import", orders, "--as", "orders", "--into", folder, *GIVEN, "--json")
    dry = keeps("import", doseline(*call, "--dry-run"))
    assert (dry["written"], dry["rows_before"], dry["rows_after"]) == (False, 8, 11)
    assert "PO-1" not in (folder / "orders.csv").read_text(encoding="utf-8")
    found = keeps("import", doseline(*call))
    assert found["written"] is True
    assert found["unused"] == ["Comment"]
    assert "PO-1" in (folder / "orders.csv").read_text(encoding="utf-8")
    again = doseline(*call)
    assert keeps("error", again)["findings"]
    assert again.returncode == 2


def test_import_saves_a_mapping_and_uses_it_again(
    orders: Path, folder: Path, tmp_path: Path
) -> None:
    mapping = tmp_path / "orders.toml"
    call = ("import", orders, "--as", "orders", "--into", folder, "--mapping", mapping)
    assert doseline(*call, *GIVEN, "--dry-run").returncode == 0
    assert 'from = "Hospital"' in mapping.read_text(encoding="utf-8")
    # The constant is in the mapping now.
    assert doseline(*call).returncode == 0


def test_import_shows_the_mapping_with_confidence_and_samples(orders: Path, folder: Path) -> None:
    done = doseline("import", orders, "--as", "orders", "--into", folder, *GIVEN, "--dry-run")
    (line,) = [one for one in done.stdout.splitlines() if one.startswith("site ")]
    assert "Hospital" in line
    assert "95 %" in line
    assert "near; middle; far" in line
    assert "go nowhere: Comment" in done.stdout


def test_import_of_bad_rows_writes_nothing_and_tells_all(orders: Path, folder: Path) -> None:
    before = (folder / "orders.csv").read_bytes()
    content = ORDERS.replace("Site Middle", "Nowhere").replace("initial", "sometimes")
    orders.write_text(content, encoding="utf-8")
    done = doseline("import", orders, "--as", "orders", "--into", folder, *GIVEN)
    assert done.returncode == 2
    assert "orders.csv, line 5, Hospital: 'Nowhere' is not found" in done.stdout
    assert "orders.csv, line 4, Cycle type: 'sometimes' is none of the words" in done.stdout
    assert "1 more rows with the same" in done.stdout
    assert "Nothing was written" in done.stderr
    assert (folder / "orders.csv").read_bytes() == before


def test_a_doubtful_column_is_not_believed_unasked(folder: Path, tmp_path: Path) -> None:
    content = "a;b;date;kind;patient;payer\nnear;lu-psma;2026-05-05;new;p;ffs\n"
    path = tmp_path / "vague.csv"
    path.write_text(content, encoding="utf-8")
    call = ("import", path, "--as", "orders", "--into", folder)
    done = doseline(*call)
    assert done.returncode == 2
    assert "not certain enough what fills" in done.stderr
    assert doseline(*call, "--accept").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("convert", TINY, "x", "--to", "ods"), "There is no form 'ods'"),
        (("convert", TINY, "x", "--to", "xlsx"), "ends in .xlsx"),
        (("convert", TINY), "DESTINATION is missing"),
        (("new", TINY, "--from", "tiny"), "is not touched"),
        (("new", "x", "--from", "tini"), "Did you mean tiny?"),
        (("diff", TINY), "AFTER is missing"),
        (("import", "x", "--into", TINY), "--as is missing"),
        (("import", "x", "--as", "order", "--into", TINY), "Did you mean orders?"),
        (("import", "x", "--as", "orders", "--into", TINY, "--set", "a"), "Write COLUMN=VALUE"),
        (("import", "x", "--as", "orders", "--into", TINY, "--set", "a=1"), "has no column 'a'"),
    ],
)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_wrong_call_is_a_sentence_and_exit_code_2(
    arguments: tuple[str | Path, ...], sentence: str, lang: str
) -> None:
    done = doseline(*arguments, DOSELINE_LANG=lang)
    assert done.returncode == 2
    assert not done.stdout
    assert "Traceback" not in done.stderr
    assert is_chinese(done.stderr) if lang == "zh" else sentence in done.stderr


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    done = doseline("convert", TINY, tmp_path / "file" / "tiny.xlsx")
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert [one.name for one in tmp_path.iterdir()] == ["file"]
