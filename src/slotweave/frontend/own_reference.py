"""A kernel's own reference, run: memory after it, compared with what the traced kernel does.

Guarantees, if `reference_end` returns: the reference gave a whole memory of 32-bit words, left the
read-only regions as they were, and agrees with the kernel's run in each region that is output.
"""

from __future__ import annotations

import inspect
import sys
from contextlib import redirect_stdout

import numpy as np

from slotweave.base.diagnostics import Diagnostic, InputError, ReferenceDiffers, SlotweaveError
from slotweave.base.interruption import TimeIsUpError
from slotweave.base.wording import only_or_first
from slotweave.frontend.kernel import Parameters, Words
from slotweave.frontend.kernel_function import Reference
from slotweave.frontend.trace import kernel_failure
from slotweave.ir.graph import Graph, Region
from slotweave.isa import WORD_MASK


def reference_end(
    reference: Reference, before: Words, kernel_end: Words, graph: Graph, parameters: Parameters
) -> Words:
    """Memory after `reference`, of a kernel that ends with `kernel_end` (with regions of `graph`).

    Raises InputError if the reference fails (SW206) or gives no such memory (SW211), and
    ReferenceDiffers (SW403) if it differs from the kernel, all with its file and line.
    """
    if not any(region.output for region in graph.regions):
        raise _misuse(reference, "judges nothing: no region of its kernel is output")
    after = _run(reference, before, parameters)
    for region in graph.regions:
        words = slice(region.start, region.stop)
        if region.read_only:
            _expect_kept(reference, after[words], before[words], region)
        elif region.output:
            _expect_equal(reference, after[words], kernel_end[words], region)
    return after


def _run(reference: Reference, before: Words, parameters: Parameters) -> Words:
    """What `reference` gives for a copy of `before`, as words."""
    file, _ = _place(reference)
    try:
        with redirect_stdout(sys.stderr), np.errstate(over="ignore"):  # words wrap, as meant
            after = reference(before.copy(), **parameters)
    except (SlotweaveError, KeyboardInterrupt, TimeIsUpError):
        raise
    except BaseException as error:  # a reference's own may be any
        raise kernel_failure(error, file, f"the reference {_name(reference)} failed: ") from error
    if after is None:
        reason = "returned None; end it with `return memory`, memory after the kernel"
        raise _misuse(reference, reason)
    if not isinstance(after, np.ndarray) or after.shape != before.shape:
        shape = getattr(after, "shape", None)
        found = f"an array of shape {shape}" if shape is not None else type(after).__name__
        raise _misuse(reference, f"returned {found}, not memory: an array of {len(before)} words")
    if after.dtype == np.uint32:
        return after
    if after.dtype.kind not in "iu":
        raise _misuse(reference, f"returned an array of {after.dtype}, not of integers (uint32)")
    wide = np.flatnonzero((after < 0) | (after > WORD_MASK))
    if len(wide):
        reason = f"returned {after[wide[0]]} at address {wide[0]}, which is no word of 32 bits"
        raise _misuse(reference, f"{reason}: take it modulo 2**32")
    return after.astype(np.uint32)


def _expect_kept(reference: Reference, after: Words, before: Words, region: Region) -> None:
    changed = np.flatnonzero(after != before)
    if len(changed):
        index = int(changed[0])
        reason = f"changed {region.name}[{index}], and region {region.name!r} is read-only"
        raise _misuse(reference, reason)


def _expect_equal(reference: Reference, wanted: Words, got: Words, region: Region) -> None:
    """Raise ReferenceDiffers for the first word that the reference says and the kernel does not."""
    wrong = np.flatnonzero(got != wanted)
    if len(wrong):
        index = int(wrong[0])
        reason = (
            f"the kernel and its reference {_name(reference)} differ at {region.name}[{index}] "
            f"(address {region.start + index}): {got[index]} by the kernel, {wanted[index]} by the "
            f"reference, {only_or_first(len(wrong))}; one of the two is wrong"
        )
        file, line = _place(reference)
        raise ReferenceDiffers(Diagnostic("SW403", reason, file=file, line=line))


def _misuse(reference: Reference, reason: str) -> InputError:
    file, line = _place(reference)
    return InputError(Diagnostic("SW211", f"the reference {_name(reference)} {reason}", file, line))


def _name(reference: Reference) -> str:
    return str(getattr(reference, "__name__", reference))


def reference_name(reference: Reference) -> str:
    """What results call it: `the reference tripled`."""
    return f"the reference {_name(reference)}"


def _place(reference: Reference) -> tuple[str, int | None]:
    """The file and the first line of a reference, as far as it is a function."""
    code = getattr(inspect.unwrap(reference), "__code__", None)
    return (code.co_filename, code.co_firstlineno) if code else ("", None)
