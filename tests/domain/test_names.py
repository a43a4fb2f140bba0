"""Which names an interaction tells, and by whom."""

from shopkeeper.customer import names, rows
from shopkeeper.customer.names import Name
from tests.interactions import identified, said

DAY = "2026-03-01"


class Noted(list):
    def note(self, name):
        self.append(name)


def noted(interaction):
    found = Noted()
    names.to_names(found)(rows.row_of(interaction))
    return found


def test_a_track_call_tells_the_name_of_its_event():
    told = noted(said("user:jo", "m", name="Shoe Tied", origin="pk_web", received_at=f"{DAY}T23:59:59.000Z"))
    assert told == [Name("event", "Shoe Tied", "pk_web", DAY)]


def test_an_identify_call_tells_the_names_of_its_traits():
    told = noted(identified("user:jo", "m", {"size": 42, "city": "Ulm"}, origin="crm"))
    assert sorted(told) == [Name("trait", "city", "crm", DAY), Name("trait", "size", "crm", DAY)]


def test_a_trait_that_is_taken_away_is_no_new_name():
    assert noted(identified("user:jo", "m", {"size": None})) == []


def test_without_an_origin_the_door_is_named():
    assert noted(said("user:jo", "m", source="tracking", origin=""))[0].origin == "tracking"


def test_what_no_key_can_hold_is_no_name():
    assert noted(identified("user:jo", "m", {"": 1, "ä" * 513: 1, "ä" * 512: 1}))[0].name == "ä" * 512
    assert noted(said("user:jo", "m", name="")) == []


def test_pages_and_groups_tell_none():
    assert noted(said("user:jo", "m", name="Home", type="page")) == []
