"""The kernels that ship beside the challenge's, each in two forms."""

from slotweave.kernels.hashes.chacha import CHACHA
from slotweave.kernels.hashes.crc32 import CRC32
from slotweave.kernels.hashes.fnv import FNV
from slotweave.kernels.hashes.murmur import MURMUR
from slotweave.kernels.hashes.sha256 import SHA256
from slotweave.kernels.hashes.xxhash import XXHASH
from slotweave.kernels.numeric.dot import DOT
from slotweave.kernels.numeric.fir import FIR
from slotweave.kernels.numeric.iir import IIR
from slotweave.kernels.numeric.livermore import FIRST_SUM, HYDRO, STATE, TRIDIAGONAL
from slotweave.kernels.numeric.matmul import MATMUL
from slotweave.kernels.numeric.prefix import PREFIX
from slotweave.kernels.numeric.saxpy import SAXPY
from slotweave.kernels.numeric.stencil import STENCIL_1D, STENCIL_2D
from slotweave.kernels.searching.binary_search import BINARY_SEARCH
from slotweave.kernels.searching.bitonic import BITONIC
from slotweave.kernels.searching.bloom import BLOOM
from slotweave.kernels.searching.histogram import HISTOGRAM

LIBRARY = (
    SAXPY, DOT, FIR, IIR, MATMUL, STENCIL_1D, STENCIL_2D, PREFIX, HYDRO, TRIDIAGONAL, STATE,
    FIRST_SUM, BITONIC, HISTOGRAM, BINARY_SEARCH, BLOOM, CRC32, XXHASH, MURMUR, FNV, SHA256, CHACHA,
)  # fmt: skip
