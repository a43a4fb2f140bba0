"""Each minute -> the complaints of the day and what SES says of the account, kept with how all mail stands; a canary
while a send is in doubt."""

from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from shopkeeper.aws import ses
from shopkeeper.aws.canaries import Canaries
from shopkeeper.aws.definitions import Definitions
from shopkeeper.aws.mail_hours import MailHours
from shopkeeper.aws.mail_states import MailStates
from shopkeeper.aws.ses import Ses
from shopkeeper.clock import Clock
from shopkeeper.mail.account import Account
from shopkeeper.mail.health import Day
from shopkeeper.mail.reconciling import Reconciler

logger = Logger(service="mail_reconcile")


@cache
def reconciler() -> Reconciler:
    stores = MailStates.from_env(), MailHours.from_env(), Canaries.from_env(), Definitions.from_env()
    return Reconciler(*stores, Ses.from_env(), ses.account, Clock())


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    state = reconciler().complaints()
    if state.complaints:
        weigh(state.complaints)
    if state.paused_over:
        tell_pause(state.paused_over)
    report(reconciler().account())
    if answer := reconciler().canary():
        logger.info("canary", extra={"sent": bool(answer.message_id), "answer": answer.code})


def weigh(day: Day) -> None:
    fields = {"delivered": day.delivered, "complained": day.complained}
    if day.rings:
        logger.error("many complaints", extra=fields)
    else:
        logger.info("complaints counted", extra=fields)


def tell_pause(day: Day) -> None:
    """Each minute while it lasts."""
    logger.error("marketing paused", extra={"since": day.counted_at})


def report(account: Account) -> None:
    fields = {"enforcement": account.enforcement, "sending": account.sending, "sandbox": account.sandbox}
    if account.is_healthy:
        logger.info("account read", extra=fields)
    else:
        logger.error("account not healthy", extra=fields)
