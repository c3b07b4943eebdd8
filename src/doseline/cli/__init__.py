"""The command line: thin, one file a command."""

from __future__ import annotations

import gc
import os
import signal
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType

    from doseline.cli.screen import Words

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells expect."""
TERMINATED = 143
"""Exit code after a request to end, as shells expect."""


def main() -> None:
    """Run a command; every failure is a sentence and an exit code, never a traceback."""
    code = 1
    # Threads for matrices cost more to start, with numpy, than any command gains by them.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Pages are hundreds of thousands of small objects; looking them all through for what nobody
    # holds any more is a tenth of the time of a command.
    gc.set_threshold(20_000, 10, 10)
    try:
        signal.signal(signal.SIGTERM, _terminate)
        code = _main()
        sys.stdout.flush()
    except KeyboardInterrupt:
        code = INTERRUPTED
    except BrokenPipeError:
        # Whoever read our answer has left; Python would complain about it once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception as error:  # noqa: BLE001 - the last border, when even words are missing
        sys.stderr.write(f"This is a fault of ours ({type(error).__name__}: {error}).\n")
    sys.exit(code)


def _main() -> int:
    from doseline.cli.errors import code_of, error_sentence
    from doseline.cli.screen import Words
    from doseline.cli.words import chosen_language, system_language
    from doseline.io.text import UnknownLanguageError

    try:
        lang, arguments = chosen_language(sys.argv[1:], os.environ)
    except UnknownLanguageError as error:
        words = Words(system_language(os.environ))
        return _failed(error_sentence(error, words), error.exit_code, code_of(error))
    return _command(arguments, Words(lang))


def _command(arguments: list[str], words: Words) -> int:
    """The exit code of a command, its failure told."""
    from typer import Exit
    from typer.exceptions import TyperException

    from doseline.cli.app import build
    from doseline.cli.errors import code_of, error_sentence
    from doseline.cli.usage import usage_sentence
    from doseline.errors import DoselineError

    try:
        done = build(words.lang, arguments).main(
            args=arguments or ["--help"], prog_name="doseline", standalone_mode=False
        )
    except DoselineError as error:
        return _failed(error_sentence(error, words), error.exit_code, code_of(error))
    except TyperException as error:
        return _failed(usage_sentence(error, words), error.exit_code, "usage")
    except Exit as error:
        return error.exit_code
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 - no traceback reaches a user
        return _failed(*_fault(error, words))
    if done == INTERRUPTED:
        return _failed(words("cli.interrupted"), INTERRUPTED, "interrupted")
    return int(done or 0)


def _fault(error: Exception, words: Words) -> tuple[str, int, str]:
    """Sentence, exit code and kind of an error that nobody raised on purpose."""
    from doseline.cli.errors import system_words

    if isinstance(error, MemoryError):
        return words("cli.out_of_memory"), 1, "out_of_memory"
    if isinstance(error, OSError):
        said = system_words(error.strerror or str(error), words)
        what = words("cli.os_error", what=said, file=error.filename or "–")
        return what, 1, "operating_system"
    return words("cli.fault", kind=type(error).__name__, what=error), 1, "fault"


def _failed(sentence: str, exit_code: int, code: str) -> int:
    """Say what went wrong on stderr, and to a script on stdout; the exit code."""
    from doseline.cli.errors import error_answer
    from doseline.cli.screen import emit, say

    say(sentence)
    if "--json" in sys.argv[1:]:
        emit(error_answer(code, sentence, exit_code))
    return exit_code


def _terminate(number: int, frame: FrameType | None) -> None:
    """End as after Ctrl-C: what is half done is cleared away."""
    del number, frame
    sys.exit(TERMINATED)
