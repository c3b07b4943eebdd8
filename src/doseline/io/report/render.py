"""Templates of the pages, and what all of them are given."""

from __future__ import annotations

import functools
import importlib.resources
import re
from typing import Any

import jinja2

from doseline.io.report.palette import variables
from doseline.io.report.words import word
from doseline.io.text import LANGUAGES, UnknownLanguageError

_TITLES = re.compile(r'(<title lang="en">[^<]*</title>)(<title lang="zh-Hans">[^<]*</title>)')


def render(name: str, *, language: str, **about: Any) -> str:
    """A page as one HTML file; the same input, the same bytes.

    Args:
        name: The template.
        language: The language that is shown first.
        about: What the template is given.

    Raises:
        UnknownLanguageError: If there is no text in that language.
    """
    if language not in LANGUAGES:
        raise UnknownLanguageError(language)
    page = (
        _environment()
        .get_template(f"{name}.html.j2")
        .render(
            language=language,
            light=variables(dark=False),
            dark=variables(dark=True),
            style=_resource("style.css"),
            brief_style=_resource("brief.css"),
            plan_style=_resource("plan.css"),
            word=word,
            **about,
        )
    )
    # A browser shows the first title of a mark, whatever its language.
    ordered = _TITLES.sub(r"\2\1", page) if language == "zh" else page
    return ordered.strip() + "\n"


@functools.cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=jinja2.FunctionLoader(_resource),
    )


def _resource(name: str) -> str:
    file = importlib.resources.files("doseline") / "io" / "report" / name
    return file.read_text(encoding="utf-8")
