"""Takes mails, keeps them for the outbox, and tells the topics of their configuration set what became of them."""

import json
import time
from base64 import b64decode
from dataclasses import dataclass, field
from email.parser import BytesHeaderParser
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from local.emulator import topics
from local.emulator.own import Refused, Unanswered
from local.post import admission, events
from local.post.fates import FATES, LATER, Chapter, simulated
from local.post.mail import Mail
from local.post.scripts import Scripts

_BATCH = 10
_DAY_S = 24 * 3600
MOST_A_DAY, MOST_A_SECOND = 1_000_000_000.0, 1_000_000.0
"""More than anybody sends: nobody waits for a turn here."""
_REFUSALS = {
    "throttle": ("TooManyRequestsException", "Maximum sending rate exceeded.", 429),
    "unverified": ("MessageRejected", "Email address is not verified.", 400),
}


@dataclass(slots=True)
class ConfigurationSet:
    """`hearers` are topics with the kinds of events they hear of; `suppresses` is BOUNCE, COMPLAINT or both."""

    suppresses: frozenset[str] = frozenset()
    hearers: list[tuple[str, frozenset[str]]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Told:
    due: float
    mail: Mail
    chapter: Chapter


class Office:
    """Both the service that is called and the pump of its events, a batch a step."""

    def __init__(self) -> None:
        self.sets: dict[str, ConfigurationSet] = {}
        self.mails: list[Mail] = []
        self.scripts = Scripts()
        self._to_tell: list[_Told] = []
        self._suppressed: set[str] = set()

    @property
    def is_unsteady(self) -> bool:
        return self.scripts.has_calls()

    def call(self, operation: str, given: dict[str, Any]) -> dict[str, Any]:
        if operation == "GET /v2/email/account":
            return self._account()
        if operation != "POST /v2/email/outbound-emails":
            raise Refused("BadRequestException", f"the local stack does not run {operation} of SES")
        return self._send(given)

    def happen(self, event: str, mail: Mail) -> None:
        """What becomes of a mail that was sent before."""
        self._plan(mail, LATER[event])

    def of_send(self, send_id: str) -> Mail | None:
        """The last mail with that tag."""
        return next((mail for mail in reversed(self.mails) if mail.send_id == send_id), None)

    def step(self) -> bool:
        now = time.time()
        due = [told for told in self._to_tell if told.due <= now][:_BATCH]
        for told in due:
            self._to_tell.remove(told)
            self._tell(told, now)
        return bool(due)

    def next_due(self) -> float | None:
        return min((told.due for told in self._to_tell), default=None)

    def _account(self) -> dict[str, Any]:
        since = time.time() - _DAY_S
        sent = sum(len(mail.recipients) for mail in self.mails if mail.at > since)
        return {
            "SendQuota": {"Max24HourSend": MOST_A_DAY, "MaxSendRate": MOST_A_SECOND, "SentLast24Hours": sent},
            "ProductionAccessEnabled": True,
            "SendingEnabled": True,
            "EnforcementStatus": "HEALTHY",
        }

    def _send(self, given: dict[str, Any]) -> dict[str, Any]:
        tags = {tag["Name"]: tag["Value"] for tag in given.get("EmailTags", [])}
        script = self.scripts.next_call(tags.get("send_id"))
        if script in _REFUSALS:
            raise Refused(*_REFUSALS[script])
        if script == "lost_request":
            raise Unanswered
        mail = self._read(given, tags)
        self.mails.append(mail)
        self._plan(mail, FATES[self._fate(mail)])
        if script == "lost_response":
            raise Unanswered
        return {"MessageId": mail.message_id}

    def _read(self, given: dict[str, Any], tags: dict[str, str]) -> Mail:
        """Raises Refused."""
        if "Raw" not in given["Content"]:
            raise admission.bad_request("the local stack sends raw mails only")
        raw = b64decode(given["Content"]["Raw"]["Data"])
        said = given.get("Destination", {})
        recipients = tuple(address for kind in ("To", "Cc", "Bcc") for address in said.get(f"{kind}Addresses", []))
        named = given.get("ConfigurationSetName")
        if named is not None and named not in self.sets:
            raise Refused("NotFoundException", f"Configuration set <{named}> does not exist.", 404)
        admission.check_recipients(recipients)
        admission.check_tags(tags.items())
        admission.check_raw(raw)
        sender = given.get("FromEmailAddress") or BytesHeaderParser().parsebytes(raw)["From"]
        if not sender:
            raise admission.bad_request("Missing required header 'From'.")
        admission.check_address(sender)
        return Mail(self._new_id(), time.time(), sender, recipients, raw, tags, named)

    def _new_id(self) -> str:
        return f"0107{int(time.time() * 1000):012x}-{uuid5(NAMESPACE_URL, str(len(self.mails)))}-000000"

    def _fate(self, mail: Mail) -> str:
        scripted = self.scripts.next_fate(mail.send_id)
        listed = "suppressed" if self._suppressed.intersection(mail.recipients) else None
        return scripted or simulated(mail) or listed or "delivery"

    def _plan(self, mail: Mail, chapters: list[Chapter]) -> None:
        self._to_tell += [_Told(time.time() + chapter.after_s, mail, chapter) for chapter in chapters]

    def _tell(self, told: _Told, now: float) -> None:
        mail, chapter = told.mail, told.chapter
        mail.told.append(chapter.kind)
        if mail.configuration_set is None:
            return
        configuration_set = self.sets[mail.configuration_set]
        self._suppress(configuration_set, mail, chapter)
        text = json.dumps(events.word(chapter.kind, chapter.part, mail, now, len(mail.told)))
        for topic, kinds in configuration_set.hearers:
            if chapter.kind in kinds:
                topics.say(topic, text)

    def _suppress(self, configuration_set: ConfigurationSet, mail: Mail, chapter: Chapter) -> None:
        """Put the account's list, as the configuration set wants it. Addresses of the simulator never come there."""
        hard = chapter.kind == "Complaint" or chapter.part.get("bounceType") == "Permanent"
        if hard and chapter.kind.upper() in configuration_set.suppresses and not simulated(mail):
            self._suppressed.update(mail.recipients)
