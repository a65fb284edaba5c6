"""`python -m slotweave` is the command `slotweave`."""

from slotweave.cli.main import main

if __name__ == "__main__":
    main()
