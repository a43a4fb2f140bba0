"""The error file is whole however it came together, and never held in memory whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.customer import long_files
from shopkeeper.customer.importing.chunks import Refusal
from shopkeeper.customer.importing.errors import error_lines
from shopkeeper.customer.importing.file import Row
from shopkeeper.customer.importing.lines import Place
from shopkeeper.customer.importing.rows import Finding
from shopkeeper.customer.long_files import NOTHING, LongFile, Written


class Store:
    """As S3 keeps it: parts by number, loose pieces by name, and the file once it is joined."""

    def __init__(self):
        self.uploads, self.pieces, self.files, self.largest = {}, {}, {}, 0

    def begin(self, name):
        upload = f"upload {len(self.uploads)}"
        self.uploads[upload] = {}
        return upload

    def put_part(self, name, upload, number, text):
        self.largest = max(self.largest, len(text))
        self.uploads[upload][number] = text

    def put_loose(self, name, start, text):
        self.largest = max(self.largest, len(text))
        self.pieces[name, start] = text

    def loose(self, name, start):
        return self.pieces[name, start]

    def put_whole(self, name, text):
        self.files[name] = text

    def join(self, name, upload):
        if upload in self.uploads:
            parts = self.uploads.pop(upload)
            self.files[name] = b"".join(parts[number] for number in sorted(parts))


# What becomes of each chunk: its lines; whether the run dies before they are noted; whether another run goes on.
chunk = st.tuples(st.integers(0, 60), st.booleans(), st.booleans())


@given(st.lists(chunk, max_size=40), st.booleans())
def test_all_lines_are_there_once_and_in_their_order(chunks, dies_at_the_end):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(long_files, "PART", 100)
        patch.setattr(long_files, "MOST_LOOSE", 3)
        store, state, wanted = Store(), NOTHING, "header\n"
        file = LongFile(store, "a/1", "header\n", state)
        for start, (length, dies, changes) in enumerate(chunks):
            text = f"{start}:" + "x" * length + "\n" if length else ""
            wanted += text
            if dies:
                file.add(start, text)
            if dies or changes:
                file = LongFile(store, "a/1", "header\n", state)
            state = file.add(start, text)
            assert len(state.loose) <= 4
        if dies_at_the_end:
            file.flush()
            file = LongFile(store, "a/1", "header\n", state)
        state = file.flush()
        file.join()
        LongFile(store, "a/1", "header\n", state).join()

    assert store.files == {"a/1": wanted.encode()}
    assert store.largest <= 100 + 70


def test_a_row_that_is_refused_for_its_length_is_not_shown_in_full():
    row = Row(1, 2, ("a" * 40_000, "b" * 40_000), "", Place())

    line = error_lines([Refusal(row, (Finding("x", "y", "is too long"),))], ",")

    assert len(line) < 33_000
    assert line.startswith("2,x,y,is too long,aaa")


def test_a_million_refused_rows_need_no_more_memory_than_a_part(monkeypatch):
    monkeypatch.setattr(long_files, "PART", 1 << 16)
    store = Store()
    store.put_part = lambda *_: None
    file = LongFile(store, "a/1", "header\n", NOTHING)
    for start in range(1_000):
        state = file.add(start, "x" * 10_000)
        store.pieces.clear()
        state = Written(state.upload, state.parts)
        assert len(file._text) < 1 << 17
    assert state.parts > 100
