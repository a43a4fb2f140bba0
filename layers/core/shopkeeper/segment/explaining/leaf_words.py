"""Which words there are for each leaf."""

from collections.abc import Callable, Mapping
from typing import Any

from shopkeeper.segment import leaves
from shopkeeper.segment.explaining import counted, dated, in_order, known, made, summed
from shopkeeper.segment.explaining.telling import Sight, Told

TELLERS: Mapping[type, Callable[[Sight, Any], Told]] = {
    leaves.Abandoned: in_order.abandoned,
    leaves.Anniversary: dated.anniversary,
    leaves.Bucket: known.bucket,
    leaves.Consent: known.consent,
    leaves.Count: counted.count,
    leaves.Date: dated.date,
    leaves.Engaged: counted.engaged,
    leaves.First: counted.first,
    leaves.InList: known.in_list,
    leaves.Last: known.last,
    leaves.Near: known.near,
    leaves.Outcome: made.outcome,
    leaves.Place: known.place,
    leaves.ProfileAge: dated.profile_age,
    leaves.Reachable: known.reachable,
    leaves.Regular: counted.regular,
    leaves.Rfm: known.rfm,
    leaves.Sequence: in_order.sequence,
    leaves.Total: summed.total,
    leaves.Trait: known.trait,
}
"""But for `in_segment`, in whose place the other segment's rule is told."""
