"""What the front door to Hexagon gives back: JSON, one line, and a text of each result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slotweave.base.diagnostics import CheckFailed, Diagnostic
from slotweave.base.wording import plural
from slotweave.hexagon.inspection import FileResult
from slotweave.hexagon.judges.assembler import MISSING
from slotweave.hexagon.judges.emulator import Trial
from slotweave.hexagon.page import page, result_lines

#: The text of a result lists blocks of as many packets or more.
_LEAST = 2


@dataclass(frozen=True, repr=False)
class Inspected:
    """The blocks of a file as they are."""

    found: FileResult

    def __repr__(self) -> str:
        totals = self.found.totals()
        return f"<{plural(totals['blocks'], 'block')}: {plural(totals['before'], 'packet')}>"

    def to_json(self) -> dict[str, Any]:
        """What `slotweave hexagon inspect --json` prints."""
        return self.found.to_json()

    def lines(self, least: int = _LEAST) -> Iterator[str]:
        """The totals, and one line for each block of `least` packets or more."""
        return result_lines(self.found, least, searched=False)

    def __str__(self) -> str:
        return "\n".join(self.lines())


@dataclass(frozen=True, repr=False)
class Repacked:
    """The blocks of a file packed again.

    `assembler` has judged what is written; "" if none has. `self_test` says how many faulty
    variants there were, and who noticed them.
    """

    found: FileResult
    assembler: str = ""
    self_test: Mapping[str, Any] | None = None

    @property
    def text(self) -> str:
        """The file with the packets that were found in place of longer ones."""
        return self.found.text

    def __repr__(self) -> str:
        totals = self.found.totals()
        blocks = plural(totals["blocks"], "block")
        return f"<{blocks} repacked: {totals['before']:,} packets to {totals['after']:,}>"

    def to_json(self) -> dict[str, Any]:
        """What `slotweave hexagon repack --json` prints."""
        tested = {} if self.self_test is None else {"self_test": dict(self.self_test)}
        return {**self.found.to_json(), **tested}

    def lines(self, least: int = _LEAST) -> Iterator[str]:
        """The totals, one line for each block of `least` packets or more, and the self-test."""
        yield from result_lines(self.found, least)
        if self.self_test is not None:
            tested = self.self_test
            by = ", ".join(f"{name} {count}" for name, count in tested["by"].items())
            yield (
                f"self-test: {tested['mutants']} mutants, {tested['caught']} noticed ({by}), "
                f"{tested['equivalent']} do the same"
            )

    def __str__(self) -> str:
        return "\n".join(self.lines())

    @property
    def unjudged(self) -> str:
        """Why no assembler has judged what is written; "" if one has."""
        return "" if self.assembler else MISSING

    def page(self) -> str:
        """A page of HTML that works offline: packets before and after, bounds, empty slots."""
        return page(self.found)


@dataclass(frozen=True, repr=False)
class BlockBounds:
    """Lower bounds of the blocks of a file, block by block, as JSON knows them."""

    file: str
    blocks: Sequence[Mapping[str, Any]]

    def __repr__(self) -> str:
        return f"<bounds of {plural(len(self.blocks), 'block')}>"

    def to_json(self) -> dict[str, Any]:
        """What `slotweave hexagon bound --json` prints."""
        return {"file": self.file, "machine": "hexagon-v67", "blocks": list(self.blocks)}

    def lines(self) -> Iterator[str]:
        """Each block with its bounds, a line each."""
        for row in self.blocks:
            yield f"{row['function']} {row['block']} (line {row['line']}): {row['before']} packets"
            if row["broken"]:
                yield f"  bounds of packings that keep the rules; {row['broken']}"
            for one in row["bounds"]:
                yield f"  {one['packets']:>4}  {one['why']}"
            if row["overlapped"]:
                yield "  for each pass, if passes overlapped, with any registers:"
            for one in row["overlapped"]:
                yield f"  {one['packets']:>4}  {one['why']}"
            if row["registers_kept"]:
                yield "  and with the registers it has:"
                yield f"  {row['registers_kept']['packets']:>4}  {row['registers_kept']['why']}"

    def __str__(self) -> str:
        return "\n".join(self.lines())


@dataclass(frozen=True, repr=False)
class Compared:
    """A function of two `files`, run on the same inputs drawn from `seed`."""

    files: tuple[str, str]
    function: str
    seed: int
    trial: Trial

    def __repr__(self) -> str:
        return f"<{self}>"

    def to_json(self) -> dict[str, Any]:
        """What `slotweave hexagon verify --json` prints."""
        trial, (file, against) = self.trial, self.files
        return {
            "file": file,
            "against": against,
            "function": self.function,
            "seed": self.seed,
            "ran": trial.ran,
            "why": trial.why,
            "instances": trial.instances,
            "mismatches": int(trial.mismatch is not None),
            "first": trial.what,
            "packets": list(trial.packets),
        }

    def expect_same(self) -> None:
        """Raise CheckFailed (SW403) if a run differs."""
        if self.trial.mismatch is not None:
            run = f"run {self.trial.mismatch} of {self.function} with --seed {self.seed}"
            reason = f"{run}: {self.trial.what}"
            raise CheckFailed(Diagnostic("SW403", reason, file=self.files[1]))

    def __str__(self) -> str:
        trial = self.trial
        if not trial.ran:
            return f"{self.function} was not run: {trial.why}"
        first, second = trial.packets
        same = "the same" if trial.mismatch is None else f"run {trial.mismatch} is different"
        ended = f" (then both fail: {trial.why})" if trial.why else ""
        return (
            f"{self.function}: {plural(trial.instances, 'run')}{ended}, {same}; "
            f"{first:,} packets executed, and {second:,} of the second file"
        )
