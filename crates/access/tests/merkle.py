"""Roots of RFC 6962 Merkle trees by the RFC's own recursive definition, independent of the Rust code.

Prints the root over the first 0, 1, … 8 inputs of the Certificate Transparency project's tests, one a line.
"""

from hashlib import sha256

INPUTS = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]


def root(leaves):
    """RFC 6962, section 2.1: MTH."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return sha256(b"\x01" + root(leaves[:half]) + root(leaves[half:])).digest()


for count in range(len(INPUTS) + 1):
    print(root([bytes.fromhex(text) for text in INPUTS[:count]]).hex())
