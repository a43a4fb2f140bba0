"""What a person or a story wants to happen to mails that are still to come."""

from collections import deque

from local.post.fates import LATER

CALLS = ("throttle", "unverified", "lost_request", "lost_response")
"""What happens to the call that sends a mail; anything else happens to the mail."""

SES_EVENTS = frozenset({*LATER, *CALLS, "lost_event"})


class Scripts:
    """Each call takes the first that is meant for its send, or else the first that is meant for any.

    What happens to a call and what happens to a mail stand in two lines, so that an answer and the events of one mail
    can both be lost.
    """

    def __init__(self) -> None:
        self._for_any: dict[bool, deque[str]] = {True: deque(), False: deque()}
        self._for_send: dict[tuple[bool, str], deque[str]] = {}

    def add(self, event: str, times: int) -> None:
        self._for_any[event in CALLS].extend([event] * times)

    def add_for(self, send_id: str, event: str) -> None:
        self._for_send.setdefault((event in CALLS, send_id), deque()).append(event)

    def next_call(self, send_id: str | None) -> str | None:
        return self._next(send_id, of_calls=True)

    def next_fate(self, send_id: str | None) -> str | None:
        return self._next(send_id, of_calls=False)

    def has_calls(self) -> bool:
        own = any(left for (of_calls, _), left in self._for_send.items() if of_calls)
        return own or bool(self._for_any[True])

    def clear(self) -> None:
        for line in (*self._for_any.values(), *self._for_send.values()):
            line.clear()

    def state(self) -> list[dict[str, str]]:
        """What has not happened yet, in the order it was asked for; first what may happen to any send."""
        to_any = [{"event": event} for line in self._for_any.values() for event in line]
        to_one = [{"event": event, "send_id": who} for (_, who), line in self._for_send.items() for event in line]
        return to_any + to_one

    def _next(self, send_id: str | None, *, of_calls: bool) -> str | None:
        for line in (self._for_send.get((of_calls, send_id or "")), self._for_any[of_calls]):
            if line:
                return line.popleft()
        return None
