"""Program in, shorter program out, proved equal."""

from slotweave.repack.control import control_met
from slotweave.repack.options import Listener, RepackOptions
from slotweave.repack.proving import Candidate
from slotweave.repack.repack import Repacked, repack
from slotweave.repack.trail import Tried

__all__ = ["Candidate", "Listener", "RepackOptions", "Repacked", "Tried", "control_met", "repack"]
