"""Each minute -> what SES says of the account, kept with how all mail stands; a canary while a send is in doubt."""

from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from shopkeeper.aws import ses
from shopkeeper.aws.canaries import Canaries
from shopkeeper.aws.definitions import Definitions
from shopkeeper.aws.mail_states import MailStates
from shopkeeper.aws.ses import Ses
from shopkeeper.clock import Clock
from shopkeeper.mail.account import Account
from shopkeeper.mail.reconciling import Reconciler

logger = Logger(service="mail_reconcile")


@cache
def reconciler() -> Reconciler:
    stores = MailStates.from_env(), Canaries.from_env(), Definitions.from_env()
    return Reconciler(*stores, Ses.from_env(), ses.account, Clock())


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    report(reconciler().account())
    if answer := reconciler().canary():
        logger.info("canary", extra={"sent": bool(answer.message_id), "answer": answer.code})


def report(account: Account) -> None:
    fields = {"enforcement": account.enforcement, "sending": account.sending, "sandbox": account.sandbox}
    if account.is_healthy:
        logger.info("account read", extra=fields)
    else:
        logger.error("account not healthy", extra=fields)
