"""What SES tells of a mail, in its own words."""

from datetime import UTC, datetime
from email.parser import BytesHeaderParser
from email.policy import compat32
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from local.emulator.account import ACCOUNT, arn
from local.post.mail import Mail
from shopkeeper.clock import to_text

Event = dict[str, Any]

_HOST = "a4-1.smtp-out.eu-central-1.amazonses.com"
_WITHOUT_HEADERS = {"DeliveryDelay"}
_SOURCE_IP = "127.0.0.1"


def word(kind: str, part: Event, mail: Mail, at: float, number: int) -> Event:
    """`part` is what this kind says beyond the mail; instants, recipients and the id of feedback are filled in."""
    name = kind[0].lower() + kind[1:]
    said = {key: _filled(key, value, mail, at) for key, value in part.items()}
    if "feedbackId" in said:
        said["feedbackId"] = (
            f"{mail.message_id[:20]}-{uuid5(NAMESPACE_URL, f'{mail.message_id}/{kind}/{number}')}-000000"
        )
    return {"eventType": kind, "mail": _about(mail, with_headers=kind not in _WITHOUT_HEADERS), name: said}


def _filled(key: str, value: Any, mail: Mail, at: float) -> Any:
    if key in ("timestamp", "arrivalDate"):
        return instant(at)
    if key == "expirationTime":
        return instant(at + 14 * 3600)
    if key == "recipients":
        return list(mail.recipients)
    if key in ("bouncedRecipients", "complainedRecipients", "delayedRecipients"):
        return [{"emailAddress": recipient, **value} for recipient in mail.recipients]
    return value


def _about(mail: Mail, *, with_headers: bool) -> Event:
    domain = mail.sender.rpartition("@")[2].rstrip("> ")
    about = {
        "timestamp": instant(mail.at),
        "messageId": mail.message_id,
        "source": mail.sender,
        "sourceArn": arn("ses", f"identity/{domain}"),
        "sendingAccountId": ACCOUNT,
        "destination": list(mail.recipients),
        "headersTruncated": False,
        "tags": _tags(mail, domain),
    }
    return about | _headers(mail) if with_headers else about


def _tags(mail: Mail, domain: str) -> dict[str, list[str]]:
    own = {
        "ses:source-ip": [_SOURCE_IP],
        "ses:from-domain": [domain],
        "ses:caller-identity": ["local"],
        "ses:outgoing-ip": [_SOURCE_IP],
    }
    if mail.configuration_set:
        own["ses:configuration-set"] = [mail.configuration_set]
    return own | {name: [value] for name, value in mail.tags.items()}


def _headers(mail: Mail) -> Event:
    found = BytesHeaderParser(policy=compat32).parsebytes(mail.raw)
    named = {name: str(found[name]) for name in ("From", "To", "Subject", "Reply-To") if found[name]}
    common = {
        "from": [named.get("From", mail.sender)],
        "to": [named.get("To", mail.recipients[0])],
        "messageId": mail.message_id,
        "subject": named.get("Subject", ""),
    }
    return {
        "headers": [{"name": name, "value": str(value)} for name, value in found.items()],
        "commonHeaders": common,
    }


def instant(at: float) -> str:
    return to_text(datetime.fromtimestamp(at, UTC))


def delivery() -> Event:
    return {
        "timestamp": None,
        "processingTimeMillis": 812,
        "recipients": None,
        "smtpResponse": "250 2.0.0 OK",
        "reportingMTA": _HOST,
    }


def bounce(kind: str, subtype: str, status: str, diagnostic: str) -> Event:
    return {
        "bounceType": kind,
        "bounceSubType": subtype,
        "bouncedRecipients": {"action": "failed", "status": status, "diagnosticCode": diagnostic},
        "timestamp": None,
        "feedbackId": None,
        "reportingMTA": f"dsn; {_HOST}",
    }


def complaint() -> Event:
    return {
        "complainedRecipients": {},
        "timestamp": None,
        "feedbackId": None,
        "complaintSubType": None,
        "complaintFeedbackType": "abuse",
        "userAgent": "Mailbox/1.0",
        "arrivalDate": None,
    }


def delay() -> Event:
    return {
        "timestamp": None,
        "delayType": "MailboxFull",
        "expirationTime": None,
        "reportingMTA": _HOST,
        "delayedRecipients": {"status": "4.2.2", "diagnosticCode": "smtp; 452 4.2.2 The mailbox is full"},
    }
