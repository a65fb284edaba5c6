"""Units of work done by this process, or by several: the same answers, in whatever order."""

from slotweave.parallel.cluster import Cluster
from slotweave.parallel.crew import Crew, Serial
from slotweave.parallel.pool import Pool, crew_of
from slotweave.parallel.shared import SharedValues

__all__ = ["Cluster", "Crew", "Pool", "Serial", "SharedValues", "crew_of"]
