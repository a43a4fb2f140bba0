"""What the store hears of a write that DynamoDB does not take: nothing more than it can act upon."""

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from shopkeeper.aws import batches
from shopkeeper.aws.clients import Unavailable
from shopkeeper.aws.customers import Customers
from shopkeeper.aws.identities import Identities
from shopkeeper.aws.interactions import Interactions
from shopkeeper.aws.merges import Merges
from shopkeeper.aws.orders import Orders
from shopkeeper.aws.owed_measures import OwedMeasures
from shopkeeper.customer import merging
from shopkeeper.customer.document import Customer, store
from shopkeeper.customer.identity import Change, Known, Move
from shopkeeper.customer.merging import Why
from shopkeeper.customer.rows import row_of
from shopkeeper.customer.store.ports import Conflict, NotTaken, Refused
from tests.interactions import said
from tests.standing_world import nowhere

CHANGE = Change("anon:phone", None, Known((Move("", "c1", "", "user:jo"),)))
MERGING = merging.merging(Customer("c1", 1), Customer("c2", 1), ("anon:phone", "user:jo"), Why(), 0, nowhere)
ROWS = [row_of(said("user:jo", f"m{n}")) for n in range(30)]


class Dynamo:
    """Answers each put with this error; of a batch, it refuses the whole if it holds the message `poison`."""

    def __init__(self, error=None, poison=""):
        self.error, self.poison, self.taken, self.calls = error, poison, [], 0

    def put_item(self, **_):
        raise self.error

    def transact_write_items(self, **_):
        raise self.error

    def batch_write_item(self, RequestItems):  # noqa: N803 - the parameter of boto3.
        self.calls += 1
        ((_, writes),) = RequestItems.items()
        names = [write["PutRequest"]["Item"]["message_id"]["S"] for write in writes]
        if self.error or self.poison in names:
            raise self.error or refusal("ValidationException")
        self.taken += names
        return {}


def refusal(code, status=400):
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "PutItem")


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch):
    monkeypatch.setattr(batches, "_pause", lambda attempt: None)


WRITES = [
    lambda dynamo: Customers(dynamo, "T").save(store(Customer("c1", 1))),
    lambda dynamo: Identities(dynamo, "T").replace(CHANGE),
    lambda dynamo: Orders(dynamo, "T").claim("17", "c1"),
    lambda dynamo: Interactions(dynamo, "T", 90).put_if_absent(ROWS[0]),
]


@pytest.mark.parametrize("write", WRITES, ids=["a document", "an identity", "a claim", "a row"])
@pytest.mark.parametrize("code", ["ValidationException", "ItemCollectionSizeLimitExceededException"])
def test_a_write_at_fault_itself_is_refused_with_its_code(write, code):
    with pytest.raises(Refused) as refused:
        write(Dynamo(refusal(code)))
    assert refused.value.code == code


@pytest.mark.parametrize("write", WRITES, ids=["a document", "an identity", "a claim", "a row"])
@pytest.mark.parametrize(
    "outage",
    [
        refusal("InternalServerError", 500),
        refusal("ProvisionedThroughputExceededException"),
        refusal("RequestLimitExceeded"),
        ReadTimeoutError(endpoint_url="here"),
    ],
    ids=["broken", "busy table", "busy account", "silent"],
)
def test_an_outage_is_nobodys_fault(write, outage):
    with pytest.raises(Unavailable):
        write(Dynamo(outage))


@pytest.mark.parametrize("write", WRITES[:2], ids=["a document", "an identity"])
def test_who_comes_too_late_is_told_so(write):
    with pytest.raises(Conflict):
        write(Dynamo(refusal("ConditionalCheckFailedException")))


def cancelled(*reasons):
    """As a transaction is: a reason for each of its writes."""
    told = refusal("TransactionCanceledException")
    told.response["CancellationReasons"] = [{"Code": reason} for reason in reasons]
    return told


@pytest.mark.parametrize(
    ("error", "heard"),
    [
        (cancelled("None", "ConditionalCheckFailed"), Conflict),
        (cancelled("TransactionConflict", "None"), Conflict),
        (cancelled("ThrottlingError", "ConditionalCheckFailed"), Conflict),
        (cancelled("None", "ProvisionedThroughputExceeded"), Unavailable),
        (cancelled("ThrottlingError"), Unavailable),
        (cancelled("ItemCollectionSizeLimitExceeded", "None"), Refused),
        (cancelled("None", "ValidationError"), Refused),
        (refusal("TransactionInProgressException"), Conflict),
        (refusal("ValidationException"), Refused),
        (refusal("InternalServerError", 500), Unavailable),
    ],
    ids=str,
)
def test_what_is_said_of_a_transaction_is_heard_as_of_one_write(error, heard):
    with pytest.raises(heard):
        Merges(Dynamo(error), "C", "I", OwedMeasures(None, "R", 1)).carry_out(MERGING, [CHANGE])


@pytest.mark.parametrize("write", WRITES[:2], ids=["a document", "an identity"])
def test_whoever_meets_a_transaction_is_too_late(write):
    with pytest.raises(Conflict):
        write(Dynamo(refusal("TransactionConflictException")))


def test_one_row_at_fault_costs_no_other_row():
    dynamo = Dynamo(poison="m7")

    with pytest.raises(NotTaken) as refused:
        Interactions(dynamo, "T", 90).put(ROWS)

    assert refused.value.keys == {("user:jo", "m7")}
    assert sorted(dynamo.taken) == sorted(f"m{n}" for n in range(30) if n != 7)
    assert dynamo.calls < 20


def test_an_outage_while_rows_are_put_is_no_row_at_fault():
    with pytest.raises(Unavailable):
        Interactions(Dynamo(refusal("InternalServerError", 500)), "T", 90).put(ROWS)
