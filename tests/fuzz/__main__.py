"""`PYTHONPATH=tests python -m fuzz --seconds 600`: a campaign from the command line."""

from __future__ import annotations

import argparse

from fuzz.campaign import run_campaign
from fuzz.targets import TARGETS


def main() -> None:
    """Run a campaign; an exception names the round that repeats it."""
    parser = argparse.ArgumentParser(prog="fuzz", description="Fuzz the compiler and its parsers.")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long (default: 60)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the first round (default: 1)")
    parser.add_argument("--rounds", type=int, help="rounds of each target; no limit if left out")
    parser.add_argument("--only", action="append", choices=sorted(TARGETS), help="repeatable")
    options = parser.parse_args()
    targets = [TARGETS[name] for name in options.only or TARGETS]
    done = 0
    for name, seed in run_campaign(targets, options.seed, options.seconds, options.rounds):
        print(f"round {seed} of {name}", flush=True)
        done += 1
    print(f"{done} rounds, no failure")


if __name__ == "__main__":
    main()
