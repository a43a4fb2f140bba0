"""A place in moto or botocore where something of ours stands in while a stack is open."""

from typing import NamedTuple


class Seam(NamedTuple):
    owner: object
    name: str
    stand_in: object
    reason: str
