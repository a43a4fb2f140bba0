"""A shop on moto that stores what is said and merges customers over the API."""

from functions.api_change import app as change
from functions.api_read import app as read
from functions.ingest_store import app as ingest_store
from shopkeeper import clock, ids
from shopkeeper.aws import clients
from shopkeeper.aws.interactions import Interactions
from shopkeeper.aws.merges import Merges
from shopkeeper.aws.owed_measures import OwedMeasures
from tests import tables
from tests.api_world import World, ask
from tests.http_events import CONTEXT
from tests.interactions import said, sqs_event

TABLES = ["CustomersTable", "InteractionsTable", "IdentitiesTable", "SendsTable", "DefinitionsTable", "RecordsTable"]


class Shop(World):
    """Inside `mock_aws`."""

    def __init__(self, monkeypatch):
        super().__init__(monkeypatch)
        for table in TABLES:
            monkeypatch.setenv(tables.variable(table), table)
        monkeypatch.setenv("DUE_SHARDS", "1")
        self.owed = OwedMeasures(self.dynamodb, "RecordsTable", 1)
        self.merges = Merges(self.dynamodb, "CustomersTable", "IdentitiesTable", self.owed)
        self.adapters |= {"interactions": Interactions(self.dynamodb, "InteractionsTable", 90), "merges": self.merges}
        for app in (read, change):
            for name, adapter in self.adapters.items():
                monkeypatch.setitem(vars(app.adapters), name, adapter)
        clients.client.cache_clear()
        ingest_store.store.cache_clear()

    def tell(self, *interactions):
        """Received now, one after the other, and stored."""
        for each in interactions:
            now = clock.to_text(clock.Clock().now())
            fields = {name: getattr(each, name) for name in each.__struct_fields__} | {"received_at": now}
            result = ingest_store.handler(sqs_event({"m": type(each)(**fields)}), CONTEXT)
            assert result == {"batchItemFailures": []}

    def picture(self, name):
        status, seen, _ = self.get(f"/v1/customers/{name}")
        assert status == 200, seen
        return seen

    def timeline(self, name):
        status, page, _ = self.get(f"/v1/customers/{name}/timeline")
        assert status == 200, page
        return [each["message_id"] for each in page["items"]]

    def merge(self, name, into, **named):
        return ask("POST", f"/v1/customers/{name}/merge", {"into": into}, **named)


def two_visitors(shop):
    """Two browsers that looked around, neither of which anybody knows."""
    shop.tell(said("anon:tab", "v1"), said("anon:phone", "v2"), said("anon:phone", "v3"))
    return ids.customer_id("anon:tab"), ids.customer_id("anon:phone")
