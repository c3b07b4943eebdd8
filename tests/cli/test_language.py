"""Every sentence of the command line exists in both languages, errors included."""

from __future__ import annotations

import errno
import shlex
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.cli.authorise_errors import AUTHORISE_ERRORS
from tests.cli.calibrate_errors import CALIBRATE_ERRORS
from tests.cli.ceilings_errors import CEILINGS_ERRORS
from tests.cli.entry_errors import ENTRY_ERRORS
from tests.cli.plan_errors import PLAN_ERRORS
from tests.cli.rules_errors import RULES_ERRORS
from tests.cli.shell import TINY, doseline, is_chinese
from tests.cli.simulate_errors import SIMULATE_ERRORS

from doseline.cli.app import COMMANDS
from doseline.cli.errors import UsageError, code_of, error_sentence
from doseline.cli.screen import Words
from doseline.cli.words import chosen_language
from doseline.io.comparisons import HoldsResultError
from doseline.io.convert import UnknownFormError, WorkbookNameError
from doseline.io.importing.apply import UnknownColumnError, UnknownTableError
from doseline.io.new import UnknownTemplateError
from doseline.io.place import NoNetworkThereError, PlaceTakenError
from doseline.io.stored import MixedResultError, NoResultError, OlderResultError
from doseline.io.tables import NotOurFolderError, UnwritableFolderError
from doseline.io.text import UnknownLanguageError, messages
from doseline.io.workbook.write import TooLargeForWorkbookError
from doseline.model.ledger import CLASSES, CLINICAL, LINKS
from doseline.model.options import REFUSALS
from doseline.model.variants import UnknownVariantError, VariantColumnError
from doseline.physics.errors import KINDS, PROBLEMS, OutOfRangeError, QuantityError
from doseline.physics.errors import UnknownNuclideError as Unknown
from doseline.plan.errors import SolverError
from doseline.rules.errors import UnknownRulebookError
from doseline.study.compare import ResultCountError
from doseline.study.effects import INPUTS
from doseline.study.exact import WeekNotServedError
from doseline.study.headroom import UnknownNameError, WindowError
from doseline.study.headroom_names import PROMISES, STOPS
from doseline.study.relax import BY_LINK
from doseline.study.scenarios import WorkerLostError
from doseline.study.value import UnknownLinkError

if TYPE_CHECKING:
    from doseline.errors import DoselineError

ERRORS: list[DoselineError] = [
    *(
        QuantityError("7", kind=kind, problem=problem, example="7.4 GBq", unit="x", known="Bq")
        for kind in KINDS
        for problem in PROBLEMS
    ),
    Unknown("Lu177x", suggestions=("Lu-177",)),
    Unknown("nothing"),
    UnknownLanguageError("fr"),
    VariantColumnError("stress", "sites.name"),
    OutOfRangeError("A time", "-1 h", allowed="0 h or more"),
    NotOurFolderError(Path("out")),
    WeekNotServedError(date(2026, 5, 4)),
    SolverError("Infeasible", stage="planning"),
    UnknownNameError("sites", "neer", ["near", "middle", "far"]),
    WindowError(-1),
    PlaceTakenError(Path("mine")),
    NoNetworkThereError(Path("mine")),
    UnknownFormError("ods"),
    WorkbookNameError(Path("mine")),
    TooLargeForWorkbookError("regions", 2_000_000, 1_048_575),
    UnknownTemplateError("emty", ("us", "empty")),
    UnknownTableError("order"),
    UnknownColumnError("orders", "payr"),
]
"""Errors whose English is the same in the library and on the command line."""

WORDED: list[DoselineError] = [
    *ERRORS,
    *PLAN_ERRORS,
    *AUTHORISE_ERRORS,
    *ENTRY_ERRORS,
    *CALIBRATE_ERRORS,
    *CEILINGS_ERRORS,
    *RULES_ERRORS,
    *SIMULATE_ERRORS,
    UnknownVariantError("stres", ("stress",)),
    UnknownLinkError("pet_slto"),
    UnknownRulebookError("uk", ("us",)),
    UnwritableFolderError(Path("out"), "disk full"),
    WorkerLostError(),
    NoResultError(Path("out")),
    OlderResultError(Path("out"), "seeds"),
    MixedResultError(Path("out"), "summary.json"),
    HoldsResultError(Path("out")),
    ResultCountError(1),
]


@pytest.mark.parametrize("error", ERRORS, ids=str)
def test_an_error_reads_alike_in_the_library_and_on_the_command_line(error: DoselineError) -> None:
    assert error_sentence(error, Words("en")) == str(error)


@pytest.mark.parametrize("error", WORDED, ids=str)
def test_an_error_is_told_in_chinese(error: DoselineError) -> None:
    sentence = error_sentence(error, Words("zh"))
    assert is_chinese(sentence)
    assert "{" not in sentence


def test_every_error_of_the_catalogue_is_tried() -> None:
    keys = {key.removeprefix("error.") for key in messages() if key.startswith("error.")}
    tried = {code_of(error) for error in WORDED} | {"variant_range", "meant_joint"}
    assert {key for key in keys if "." not in key} == tried
    system = {key.removeprefix("system.") for key in keys if key.startswith("system.")}
    assert system <= set(errno.errorcode.values())
    assert {key.removeprefix("kind.") for key in keys if key.startswith("kind.")} == set(KINDS)
    assert {key.removeprefix("problem.") for key in keys if "problem." in key} == set(PROBLEMS)


def test_an_error_without_words_keeps_its_own() -> None:
    assert error_sentence(UsageError("as it is"), Words("zh")) == "as it is"


@pytest.mark.parametrize(
    "key",
    [
        *(f"report.link.{link}" for link in (*LINKS, CLINICAL)),
        *(f"report.class.{one}" for one in CLASSES),
        *(f"report.unit.{one.unit}" for one in BY_LINK.values()),
        *(f"input.{one.name}" for one in INPUTS),
        *(f"refusal.{one or 'none'}" for one in REFUSALS),
        *(f"headroom.stop.{one}" for one in STOPS),
        *(f"headroom.promise.{one}" for one in PROMISES),
    ],
)
def test_every_name_that_a_screen_shows_has_words(key: str) -> None:
    assert set(messages()[key]) == {"en", "zh"}


@pytest.mark.parametrize("command", ["", *COMMANDS])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_help_is_in_one_language_and_fits_the_screen(command: str, lang: str) -> None:
    done = doseline(*filter(None, [command]), "--help", DOSELINE_LANG=lang)
    assert done.returncode == 0
    assert done.stderr == ""
    assert is_chinese(done.stdout) == (lang == "zh")
    assert ("Usage:" in done.stdout) == (lang == "en")
    assert "doseline" in done.stdout


@pytest.mark.parametrize(
    ("command", "option", "default"),
    [
        ("simulate", "--years", "10"),
        ("simulate", "--priority", "continuing-first"),
        ("simulate", "--engine", "compiled"),
        ("simulate", "--replications", "20"),
        ("robust", "--with-probability", "95"),
    ],
)
def test_help_says_what_holds_without_an_option(command: str, option: str, default: str) -> None:
    page = doseline(command, "--help").stdout
    about = " ".join(page[page.index(f"  {option} ") :].split("\n  -")[0].split())
    assert about.endswith(f"Default: {default}.")
    assert about.lower().count("default") == 1


def test_help_shows_an_example_that_can_be_given_as_it_stands() -> None:
    for command in COMMANDS:
        page = doseline(command, "--help").stdout
        assert f"doseline {command}" in page[page.rindex("Example") :]


@pytest.mark.parametrize("command", ["check", "options", "headroom", "decay", "schema"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_examples_of_help_work(command: str, lang: str) -> None:
    example = Words(lang)(f"cli.{command}_example")
    calls = example[example.index("doseline") :].splitlines()
    for call in calls:
        done = doseline(*shlex.split(call)[1:])
        assert done.returncode == 0, done.stderr
        assert done.stdout


@pytest.mark.parametrize(
    ("arguments", "environment", "chosen"),
    [
        ([], {}, ("en", [])),
        ([], {"LANG": "zh_CN.UTF-8"}, ("zh", [])),
        ([], {"LANG": "de_DE.UTF-8"}, ("en", [])),
        ([], {"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, ("en", [])),
        ([], {"LANG": "zh_CN.UTF-8", "DOSELINE_LANG": "en"}, ("en", [])),
        (["--lang", "zh", "check", "x"], {}, ("zh", ["check", "x"])),
        (["check", "x", "--lang=zh"], {}, ("zh", ["check", "x"])),
        (["check", "--", "--lang", "zh"], {}, ("en", ["check", "--", "--lang", "zh"])),
        (["check", "--lang"], {}, ("en", ["check", "--lang"])),
    ],
)
def test_the_language_is_asked_for_or_found(
    arguments: list[str], environment: dict[str, str], chosen: tuple[str, list[str]]
) -> None:
    assert chosen_language(arguments, environment) == chosen


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("decay",),
        ("decay", "7.4", "Lu-177"),
        ("decay", "-7 GBq", "Lu-177"),
        ("decay", "7.4 GBq", "Lu177x"),
        ("decay", "7.4 GBq", "Lu-177", "x"),
        ("decay", "7.4 GBq", "Lu-177", "--wrong"),
        ("decay", "7.4 GBq", "Lu-177", "--after"),
        ("run", TINY, "-o", "x", "--workers", "0"),
        ("options", TINY, "--site", "neer"),
        ("options", TINY, "--week", "2026-05-05"),
        ("headroom", TINY, "neer"),
        ("headroom", TINY, "near", "--from", "2026-02-30"),
        ("value", TINY, "--link", "none"),
        ("schema", "--format", "xml"),
    ],
)
def test_a_wrong_call_is_told_in_chinese(arguments: tuple[str | Path, ...]) -> None:
    done = doseline(*arguments, "--lang", "zh")
    assert done.returncode == 2
    assert is_chinese(done.stderr)
