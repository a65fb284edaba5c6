"""Program -> Graph: what a program computes, free of the words and bundles it was written in."""

from slotweave.lift.lift import MAX_BUNDLES, Lifted, lift, lift_counting

__all__ = ["MAX_BUNDLES", "Lifted", "lift", "lift_counting"]
