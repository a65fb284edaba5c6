"""`python -m slotweave` is the command `slotweave`."""

from __future__ import annotations

import atexit
import os
import sys
import threading

from slotweave.base.interruption import exit_when_interrupted


def main() -> None:
    """Run the command line; Ctrl-C ends it quietly also while it is being imported."""
    exit_when_interrupted()
    from slotweave.cli.main import main as run  # takes a tenth of a second

    try:
        run()
    except SystemExit as end:
        if type(end.code) is int and threading.active_count() == 1:
            _leave(end.code)
        raise


def _leave(code: int) -> None:
    """End the process without taking apart what it holds.

    That may be millions of values, and of the modules alone it takes some hundredths of a second.
    What is registered for the end is called before. If not all could be printed, the usual end says
    so.
    """
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        return
    os._exit(code)


if __name__ == "__main__":
    main()
