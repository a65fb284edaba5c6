"""Program in, shorter program out, proved equal."""

from slotweave.repacking.blocks.one_block import RepackedBlock
from slotweave.repacking.claims import Origin, origin_of
from slotweave.repacking.control import control_met
from slotweave.repacking.options import Listener, RepackOptions
from slotweave.repacking.proving import Candidate
from slotweave.repacking.repack import Repacked, repack
from slotweave.repacking.trail import Tried

__all__ = [
    "Candidate",
    "Listener",
    "Origin",
    "RepackOptions",
    "Repacked",
    "RepackedBlock",
    "Tried",
    "control_met",
    "origin_of",
    "repack",
]
