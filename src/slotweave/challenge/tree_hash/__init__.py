"""Tree hash: the workload of the public challenge."""

from slotweave.challenge.tree_hash.kernel import TREE_HASH

__all__ = ["TREE_HASH"]
