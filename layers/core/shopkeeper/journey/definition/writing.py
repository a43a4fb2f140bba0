"""YAML as JSON: by the rules of YAML 1.2, where `on` and `no` are words and 21:00 is text, and no more of it than JSON
can say: no anchors, no tags, no name twice."""

import json
from typing import Any

from shopkeeper.customer.requests import BadRequest

LARGEST = 128 * 1024


def as_json(text: str) -> str:
    """Raises BadRequest, naming line and column."""
    if len(text.encode()) > LARGEST:
        raise BadRequest([("", f"is larger than {LARGEST // 1024} KB")])
    from shopkeeper.journey.definition import yaml_reader  # 60 ms that are for those who send YAML.

    try:
        said: Any = yaml_reader.read(text)
    except yaml_reader.Unread as problem:
        raise BadRequest([("", f"is no YAML that can be read here: {problem}")]) from None
    return json.dumps(said, ensure_ascii=False)
