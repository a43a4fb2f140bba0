"""Decide of journey_leg: runs -> what is to be handed over for each of them.

What goes wrong with one run is noted on it and told; the others of its batch go on.
"""

import os
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from shopkeeper.aws import due, workspace
from shopkeeper.aws.activities import Activities
from shopkeeper.aws.breakers import Breakers
from shopkeeper.aws.contacts import Contacts
from shopkeeper.aws.customers import Customers
from shopkeeper.aws.definitions import Definitions
from shopkeeper.aws.hits import Hits
from shopkeeper.aws.interactions import Interactions
from shopkeeper.aws.journeys import Journeys
from shopkeeper.aws.messages import Messages
from shopkeeper.aws.offers import Offers
from shopkeeper.aws.runs import Runs
from shopkeeper.aws.sends import Sends
from shopkeeper.clock import Clock
from shopkeeper.journey.beside import Beside
from shopkeeper.journey.legs.deciding import Decider, Stuck, Wanted
from shopkeeper.journey.legs.looking import Eyes, Programs, Sights
from shopkeeper.journey.legs.mailing import Planner
from shopkeeper.journey.rows import RunKey
from shopkeeper.mail.letters import Letters
from shopkeeper.mail.looking import Eyes as Door
from shopkeeper.mail.policies import Policies
from shopkeeper.mail.touches import Touches
from shopkeeper.mail.wiring import Views

logger = Logger(service="journey_decide")


@cache
def decider() -> Decider:
    definitions, journeys, sends = Definitions.from_env(), Journeys.from_env(), Sends.from_env()
    runs = Runs.from_env()
    planner = Planner(sends, definitions, Clock(), due.shards())
    customers, zone = Customers.from_env(), os.environ["WORKSPACE_ZONE"]
    views = Views(
        sends=sends,
        contacts=Contacts.from_env(),
        customers=customers,
        activities=Activities.from_env(),
        letters=Letters(definitions, "", Messages.from_env()),
        policies=Policies(definitions, Clock()),
        offers=Offers.from_env(definitions),
        clock=Clock(),
    )
    sights = Sights(
        customers=customers,
        sends=sends,
        states=journeys.states,
        draft=planner.drafted,
        door=Door(views, zone).look,
        touches=Touches(views.contacts, sends, Interactions.from_env(), Hits.from_env()).since,
        programs=Programs(workspace.zone()),
        clock=Clock(),
        zone=zone,
        broken=Breakers.from_env().nodes,
        beside=Beside(runs, journeys).touches,
    )
    return Decider(runs, journeys, Eyes(sights), planner, Clock(), failed)


def failed(key: RunKey, problem: Exception) -> None:
    what = "run stuck" if isinstance(problem, Stuck) else "run not decided"
    logger.error(what, extra={"customer_id": key.customer_id, "reason": type(problem).__name__})


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    wanted = [Wanted(RunKey(each["customer_id"], each["name"]), each["fence"]) for each in event["runs"]]
    legs = decider().decide(wanted, event["leg"])
    logger.info("decided", extra={"runs": len(wanted), "legs": len(legs)})
    return {"runs": legs, "round": event["round"], "any": bool(legs)}
