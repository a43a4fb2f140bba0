"""A letter that cannot be made for its customer is not sent, and the row says what was missing."""

import json

from shopkeeper.customer import document
from shopkeeper.customer.document import Customer, Document
from shopkeeper.mail import liquid, vetoes
from shopkeeper.mail.errors import AbsentError, RenderError
from shopkeeper.mail.ledger import NOT_SENT
from tests.send_world import World


def given_up():
    world = World()
    traits = {"email": "jo@example.com"}
    told = Document(traits=traits, told=dict.fromkeys(traits, (0, "m")))
    world.documents["jo"] = document.store(Customer("jo", 1, told))
    world.deliver(world.ids()[0]).finish()
    return world


def test_the_reason_names_the_fact_that_is_missing():
    world = given_up()
    (row,) = world.sends.values()

    assert (row.state, row.reason) == (NOT_SENT, "other:render: customer.first_name")
    assert json.loads(row.evidence) == {"problem": "there is no customer.first_name for this customer"}
    assert not world.accepted
    assert not world.contacts["jo"].reservations


def test_a_reason_that_might_be_worded_in_too_many_ways_stays_general():
    veto = vetoes.unmade(RenderError("more than 20000 of something"))

    assert (veto.reason, veto.evidence) == ("other:render", {"problem": "more than 20000 of something"})


def test_the_longest_name_of_a_fact_leaves_the_row_in_one_unit():
    (row,) = given_up().sends.values()
    name = "é" * liquid.LONGEST_PATH
    veto = vetoes.unmade(AbsentError(f"there is no {name} for this customer", short=name))

    assert size_of(row, veto) < 1024


def size_of(row, veto):
    values = {name: getattr(row, name) for name in row.__slots__}
    values |= {"reason": veto.reason, "evidence": json.dumps(veto.evidence, ensure_ascii=False)}
    return sum(len(name) + len(str(value).encode()) for name, value in values.items() if value != "")
