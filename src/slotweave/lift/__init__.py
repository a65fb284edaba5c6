"""Program -> Graph: what a program computes, free of the words and bundles it was written in."""

from slotweave.lift.accesses import PART, Access
from slotweave.lift.builder import Ref
from slotweave.lift.lift import MAX_BUNDLES, Lifted, RunTooLongError, lift, lift_counting
from slotweave.lift.partition import Partition, partition_of
from slotweave.lift.ran import Ran

__all__ = [
    "MAX_BUNDLES",
    "PART",
    "Access",
    "Lifted",
    "Partition",
    "Ran",
    "Ref",
    "RunTooLongError",
    "lift",
    "lift_counting",
    "partition_of",
]
