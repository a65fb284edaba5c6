"""Units of work done by this process, or by several: the same answers, in whatever order."""

from slotweave.parallel.cluster import Cluster
from slotweave.parallel.crew import Crew, Serial
from slotweave.parallel.pool import Pool, crew_of

__all__ = ["Cluster", "Crew", "Pool", "Serial", "crew_of"]
