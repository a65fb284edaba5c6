"""What searches keep: studies, searches by seed, and every plan that was evaluated."""

from slotweave.tuning.store.database import Database, expect_store, open_database
from slotweave.tuning.store.studies import (
    BEGUN,
    KeptSearch,
    Spec,
    Store,
    Study,
    default_store,
)

__all__ = [
    "BEGUN",
    "Database",
    "KeptSearch",
    "Spec",
    "Store",
    "Study",
    "default_store",
    "expect_store",
    "open_database",
]
