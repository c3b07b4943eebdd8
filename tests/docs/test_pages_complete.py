"""The pages leave out nothing that there is, and lead nowhere that there is not."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.docs.pages import DOCS, ROOT, build_docs, every_page, generated, written

from doseline import errors
from doseline.cli.app import COMMANDS
from doseline.cli.contract import SCHEMAS
from doseline.io.rulebooks import load_rulebook
from doseline.io.text import LANGUAGES
from doseline.model.catalogue import TABLES
from doseline.model.flows import FLOW_SCHEMA
from doseline.model.ledger import CLASSES, LINKS
from doseline.model.options import ITINERARY_SCHEMA, OPTION_SCHEMA, SLOT_SCHEMA

DOSELINE = Path(sys.executable).parent / "doseline"
ENDING = {"en": ".md", "zh": ".zh.md"}
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


@pytest.mark.parametrize("page", sorted(every_page()))
def test_every_relative_link_leads_somewhere(page: str) -> None:
    for target in _LINK.findall(_without_code(every_page()[page])):
        if target.startswith(("https://", "http://")):
            continue
        file, _, anchor = target.partition("#")
        path = ((ROOT / page).parent / file).resolve() if file else ROOT / page
        name = path.relative_to(ROOT).as_posix()
        assert path.exists() or name in generated(), f"{page} leads to {target}, which is not there"
        if anchor:
            assert anchor in _anchors(every_page()[name]), f"{name} has no heading for #{anchor}"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_every_option_that_help_names_is_documented(command: str, lang: str) -> None:
    arguments = [str(DOSELINE), *command.split(), "--lang", lang, "--help"]
    told = subprocess.run(arguments, check=True, capture_output=True, text=True).stdout
    page = generated()[f"docs/cli{ENDING[lang]}"]
    part = page.partition(f"## doseline {command}\n")[2].partition("\n## ")[0] if command else page
    screen_only = {"--help", "--install-completion", "--show-completion"}
    for option in set(re.findall(r"--[a-z]+(?:-[a-z]+)*", told)) - screen_only:
        assert option in part, f"{option} of '{command}' is not in the command reference"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("example", ["tiny", "us-lu177"])
def test_every_table_and_column_of_the_examples_is_in_the_reference(
    example: str, lang: str
) -> None:
    page = generated()[f"docs/network{ENDING[lang]}"]
    for path in sorted((ROOT / "examples" / example).glob("*.csv")):
        part = page.partition(f"## {path.name}\n")[2].partition("\n## ")[0]
        assert part, f"{path.name} is not in the reference"
        with path.open(encoding="utf-8") as file:
            for column in file.readline().strip().split(","):
                assert f"| `{column}` |" in part, f"{path.name}: {column} is not in the reference"


def test_every_table_and_column_of_the_schema_is_in_both_references() -> None:
    for ending in ENDING.values():
        page = generated()[f"docs/network{ending}"]
        for table in TABLES:
            part = page.partition(f"## {table.name}.csv\n")[2].partition("\n## ")[0]
            rows = set(re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE))
            assert rows == {column.name for column in table.columns}


def test_every_column_with_a_unit_is_in_the_nomenclature() -> None:
    page = written()["docs/nomenclature.md"]
    suffixes = tuple(re.findall(r"`(_\w+)`", page))
    for table in TABLES:
        for column in table.columns:
            if column.unit:
                known = column.name.endswith(suffixes) or f"`{column.name}`" in page
                assert known, f"{table.name}.{column.name} has no rule"
                assert f"`{column.unit}` | `{column.name}`" in generated()["docs/quantities.md"]


def test_every_column_of_delivery_options_is_in_the_nomenclature() -> None:
    page = written()["docs/nomenclature.md"]
    for name in {**OPTION_SCHEMA, **ITINERARY_SCHEMA, **SLOT_SCHEMA}:
        assert f"`{name}`" in page, f"{name} of the options has no unit in the nomenclature"


def test_every_quantity_of_a_flow_follows_the_nomenclature() -> None:
    page = written()["docs/nomenclature.md"]
    suffixes = tuple(re.findall(r"`(_\w+)`", page))
    for name, kind in FLOW_SCHEMA.items():
        if kind.is_float():
            assert name.endswith(suffixes) or f"`{name}`" in page, f"{name} has no rule"


def test_every_field_of_a_json_answer_and_every_exit_code_is_documented() -> None:
    page = written()["docs/scripts.md"]
    assert set(SCHEMAS) == (set(COMMANDS) - {"schema"}) | {"error"}
    for command, answer in SCHEMAS.items():
        for name in answer["properties"]:
            assert re.search(rf"\b{name}\b", page), f"{name} of {command} is not documented"
    codes = {error.exit_code for error in vars(errors).values() if hasattr(error, "exit_code")}
    for code in codes:
        assert f"\n| {code} |" in page, f"exit code {code} is not documented"


def test_concepts_define_every_class_and_link() -> None:
    page = written()["docs/concepts.md"]
    for name in CLASSES:
        assert re.search(rf"^\| {name.replace('_', ' ')} \|", page, re.MULTILINE)
    assert re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE) == list(LINKS)


def test_limits_of_release_on_the_page_are_those_of_the_program() -> None:
    page = written()["docs/physics.md"]
    for book, key, told in (
        ("us", "release.dose_to_other_msv", "≤ {:g} {}"),
        ("us", "release.instructions_msv", "above {:g} {}"),
        ("us", "waste.longest_half_life_d", "≤ {:g} {}"),
        ("cn", "release.i_131_mbq", "≤ {:g} {}"),
        ("cn", "release.dose_rate_1m_usv_h", "≤ {:g} {}"),
        ("cn", "release.other_nuclides_usv_h", "≤ {:g} {}"),
        ("cn", "waste.half_lives", "after {:g} half-lives"),
        ("cn", "waste.i_131_d", "I-131 {:g} {}"),
        ("cn", "waste.short_lived_d", "24 h {:g} {}"),
    ):
        known = load_rulebook(book).parameters[key]
        assert told.format(known.values[-1].amount, known.unit) in page, f"{key} differs"


def test_the_site_builds_strictly_and_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    docs, site = tmp_path / "docs", tmp_path / "site"
    for name, content in every_page().items():
        if name.startswith("docs/"):
            path = docs / name.removeprefix("docs/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
    config = tmp_path / "mkdocs.yml"
    config.write_text(f"INHERIT: {ROOT / 'mkdocs.yml'}\ndocs_dir: {docs}\n", encoding="utf-8")
    build = [sys.executable, "-m", "mkdocs", "build", "--strict", "-f", str(config)]
    built = subprocess.run(
        [*build, "--site-dir", str(site)], check=False, capture_output=True, text=True
    )
    assert built.returncode == 0, built.stderr
    for path in site.rglob("*.html"):
        html = path.read_text(encoding="utf-8")
        loaded = re.findall(r"<(?:script|img|iframe)[^>]*\bsrc=\"?(https?:[^\s\">]+)", html)
        loaded += re.findall(r"<link(?![^>]*canonical)[^>]*\bhref=\"?(https?:[^\s\">]+)", html)
        assert not loaded, f"{path.name} loads {loaded}"


def test_the_script_writes_the_pages_that_git_ignores(tmp_path: Path) -> None:
    build_docs().main(tmp_path)
    ignored = (DOCS / ".gitignore").read_text(encoding="utf-8").splitlines()
    names = {line.removeprefix("/") for line in ignored if not line.startswith("#")}
    assert {path.name for path in tmp_path.iterdir()} == names
    for path in tmp_path.iterdir():
        assert path.read_text(encoding="utf-8") == generated()[f"docs/{path.name}"]


def _without_code(text: str) -> str:
    fenced = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`\n]*`", "", fenced)


def _anchors(text: str) -> set[str]:
    """Anchors of the headings, as Markdown makes them: words in small letters, joined by ``-``."""
    titles = re.findall(r"^#+ (.+)$", _without_code(text), re.MULTILINE)
    plain = [re.sub(r"[^\w\s-]", "", title).strip().lower() for title in titles]
    return {re.sub(r"[-\s]+", "-", title) for title in plain}
