"""Program in, shorter program out, proved equal."""

from slotweave.repack.control import control_met
from slotweave.repack.options import Listener, RepackOptions
from slotweave.repack.repack import Candidate, Repacked, repack

__all__ = ["Candidate", "Listener", "RepackOptions", "Repacked", "control_met", "repack"]
