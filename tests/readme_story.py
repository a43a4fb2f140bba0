"""The story as the README prints it. How many and when it was may differ: it was told on another day."""

import re
from calendar import month_name
from pathlib import Path

_LINES = re.compile(r"(?m)^ {1,2}\d{1,2}  (.+)$")
_DIFFERS = re.compile(f"[0-9]+ (?:{'|'.join(month_name[1:])})|[0-9]+")


def printed():
    return shape(_LINES.findall((Path(__file__).parents[1] / "README.md").read_text()))


def shape(lines):
    return [_DIFFERS.sub("#", line) for line in lines]
