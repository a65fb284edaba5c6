"""`python -m slotweave` is the command `slotweave`."""

from __future__ import annotations

from slotweave.interruption import exit_when_interrupted


def main() -> None:
    """Run the command line; Ctrl-C ends it quietly also while it is being imported."""
    exit_when_interrupted()
    from slotweave.cli.main import main as run  # takes a tenth of a second

    run()


if __name__ == "__main__":
    main()
