"""Hashes and ciphers, held against their published test vectors."""
