"""When what was not taken is tried again. Standard Webhooks asks for patience; SQS hides a message for half a day,
which may count from its first delivery: so all tries fit into that."""

PAUSES_S = (5, 300, 1800, 7200, 10_800, 14_400)
"""Behind each try but the last: ten hours in all."""
MOST_TRIES = len(PAUSES_S) + 1
"""After so many the queue puts the message aside: `maxReceiveCount`."""
LONGEST_S = 39_600
IN_VAIN_S = 1


def pause(tries: int, asked_s: int, jitter: float, *, is_in_vain: bool) -> int:
    """Seconds behind the `tries`-th try. `asked_s` is what the other side asked for; `jitter` is from 0 to 1. What is
    in vain is put aside at once."""
    if is_in_vain or tries >= MOST_TRIES:
        return IN_VAIN_S
    usual = PAUSES_S[max(tries, 1) - 1]
    return min(max(asked_s, round(usual * (1 + jitter / 10))), LONGEST_S)
