import pytest

from shopkeeper.customer.subjects import NotAnId, id_text, names_nobody, subject


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("42", "42"),
        (42, "42"),
        (42.0, "42"),
        (4.5, "4.5"),
        (" 42", " 42"),
        (None, ""),
        ("", ""),
        ("  ", ""),
        ("Ä", "Ä"),
    ],
)
def test_ids_become_text_as_sdks_make_it(value, text):
    assert id_text(value) == text


@pytest.mark.parametrize(
    "value", ["undefined", "NULL", " None ", "guest", 0, -1, "0", '"null"', "[object Object]", "N/A"]
)
def test_what_names_nobody_is_no_id(value):
    with pytest.raises(NotAnId) as caught:
        id_text(value)
    assert caught.value.code == "not_an_id"


@pytest.mark.parametrize(
    "value",
    [
        *("not set", "Not_Set", "(not set)", "NOT-LOGGED-IN", "logged out", "distinct_id", "anonymous-id", "no id"),
        *("0", "000", "00000000-0000-0000-0000-000000000000", "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", "-", "--", "_"),
        *("none@none.com", "Test@Example.com", "no-email@noemail.invalid", "n/a@na.de", "unknown@unknown", "@"),
    ],
)
def test_each_program_has_its_own_way_of_not_knowing(value):
    assert names_nobody(value)


SOMEBODY = "jo@example.com guest@grand-hotel.com info@test.de web@agency.de x@0.0 1 100 -2 nobody42 anna".split()


@pytest.mark.parametrize("value", SOMEBODY)
def test_what_may_be_somebody_is_somebody(value):
    assert not names_nobody(value)


@pytest.mark.parametrize("word", "server Backend TEST - localhost web app website mobile 127.0.0.1 demo".split())
def test_a_word_that_many_would_share_is_no_id(word):
    with pytest.raises(NotAnId):
        id_text(word)
    assert id_text(f"{word}42") == f"{word}42"


@pytest.mark.parametrize("value", [True, [], {}, ["42"]])
def test_only_text_and_numbers_are_ids(value):
    with pytest.raises(NotAnId) as caught:
        id_text(value)
    assert caught.value.code == "wrong_type"


def test_a_subject_fits_into_a_key():
    assert len(subject("user", "ä" * 253).encode()) == 511
    with pytest.raises(NotAnId) as caught:
        subject("user", "ä" * 254)
    assert caught.value.code == "too_long"
