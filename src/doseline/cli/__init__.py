"""The command line: thin, one file a command."""

from __future__ import annotations

import os
import sys

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells expect."""


def main() -> None:
    """Run a command; every failure is a sentence and an exit code, never a traceback."""
    from doseline.cli.app import build
    from doseline.cli.words import chosen_language
    from doseline.errors import DoselineError
    from doseline.io.text import UnknownLanguageError, text

    try:
        lang = chosen_language(sys.argv[1:], os.environ)
    except UnknownLanguageError as error:
        _stop(str(error), error.exit_code)
    try:
        build(lang)()
    except DoselineError as error:
        _stop(str(error), error.exit_code)
    except KeyboardInterrupt:
        _stop(text("cli.interrupted", lang), INTERRUPTED)
    except BrokenPipeError:
        os._exit(0)
    except MemoryError:
        _stop(text("cli.out_of_memory", lang), 1)
    except OSError as error:
        _stop(text("cli.os_error", lang, what=error.strerror or error, file=error.filename), 1)
    except Exception as error:  # noqa: BLE001 - the border: no traceback reaches a user
        _stop(text("cli.fault", lang, kind=type(error).__name__, what=error), 1)


def _stop(sentence: str, code: int) -> None:
    sys.stderr.write(f"{sentence}\n")
    sys.exit(code)
