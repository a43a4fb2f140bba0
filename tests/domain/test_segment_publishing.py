"""Segments come and go in steps, and whatever happens in between, what counts is only ever what was built."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from shopkeeper.segment import publishing
from shopkeeper.segment.edition import Edition
from shopkeeper.segment.publishing import Wanted, buildable, published, retired, slot, switched

NOW = "2026-11-22T08:00:00.000Z"
SEGMENTS = ("a", "b", "c")
PARTS = ("", "/x", "/y")


def wanted(segment, version=1, parts=("",)):
    return [Wanted(segment + part, version, f"rule of {segment}{part}@{version}") for part in parts]


def states(edition):
    return {(each.segment, each.version, each.phase) for each in edition.slots}


def test_a_first_version_is_built_and_then_counts():
    first = published(Edition(), wanted("vip"), NOW)
    assert states(first) == {("vip", 1, "building")}
    assert first.number == 1
    assert states(switched(first, {1})) == {("vip", 1, "ready")}


def test_the_version_before_counts_until_the_new_one_is_built():
    counting = switched(published(Edition(), wanted("vip"), NOW), {1})
    building = published(counting, wanted("vip", 2), NOW)
    assert states(building) == {("vip", 1, "ready"), ("vip", 2, "building")}
    assert states(switched(building, {2})) == {("vip", 2, "ready")}


def test_what_is_published_while_another_version_is_built_takes_its_place():
    building = published(published(Edition(), wanted("vip"), NOW), wanted("vip", 2), NOW)
    assert states(building) == {("vip", 2, "building")}
    assert [each.number for each in building.slots] == [2]
    assert switched(building, {1}) == building


def test_whoever_depends_on_it_is_built_again_under_a_number_of_its_own():
    counting = switched(published(Edition(), wanted("vip") + wanted("big"), NOW), {1, 2})
    building = published(counting, wanted("vip", 2) + wanted("big", 1), NOW)
    assert states(building) - states(counting) == {("vip", 2, "building"), ("big", 1, "building")}
    assert {each.number for each in building.slots} == {1, 2, 3, 4}


def test_a_part_that_a_new_version_lacks_counts_until_the_switch_and_no_longer():
    counting = switched(published(Edition(), wanted("vip", 1, PARTS), NOW), {1, 2, 3})
    building = published(counting, wanted("vip", 2, ("", "/y")), NOW)
    assert slot(building, "vip/x", "ready")
    assert states(switched(building, {4, 5})) == {("vip", 2, "ready"), ("vip/y", 2, "ready")}


def test_a_deleted_segment_goes_with_all_its_parts():
    counting = published(switched(published(Edition(), wanted("vip", 1, PARTS), NOW), {1, 2, 3}), wanted("vip", 2), NOW)
    assert retired(counting, "vip").slots == ()
    assert retired(counting, "vi") == counting


def test_a_segment_waits_until_all_its_parts_can_be_built():
    edition = published(published(Edition(), wanted("vip", 1, PARTS), NOW), wanted("big"), NOW)
    assert buildable(edition, lambda each: each.segment != "vip/y") == (4,)
    assert buildable(edition, lambda each: True) == (1, 2, 3, 4)


@pytest.mark.parametrize("edition", [Edition(), switched(published(Edition(), wanted("vip"), NOW), {1})])
def test_what_changes_nothing_makes_no_new_edition(edition):
    assert switched(edition, {1, 7}) is edition
    assert retired(edition, "other") is edition
    assert published(edition, [], NOW) is edition


class Publishing(RuleBasedStateMachine):
    """Whoever publishes, switches and deletes, in any order, while recomputations of before are still under way."""

    @initialize()
    def begin(self):
        self.edition, self.runs, self.meaning, self.built = Edition(), [], {}, set()
        self.versions = dict.fromkeys(SEGMENTS, 0)

    @rule(names=st.lists(st.sampled_from(SEGMENTS), min_size=1, unique=True), parts=st.sets(st.sampled_from(PARTS[1:])))
    def publish(self, names, parts):
        self.versions[names[0]] += 1
        news = [each for name in names for each in wanted(name, max(1, self.versions[name]), ("", *sorted(parts)))]
        self.edition = published(self.edition, news, NOW)

    @rule(unknown=st.sets(st.integers(1, 40)))
    def begin_run(self, unknown):
        self.runs.append(buildable(self.edition, lambda each: each.number not in unknown))

    @rule(data=st.data())
    def end_run(self, data):
        if self.runs:
            covered = data.draw(st.sampled_from(self.runs))
            self.built |= set(covered)
            before, self.edition = self.edition, switched(self.edition, covered)
            assert switched(self.edition, covered) is self.edition
            self.check_switch(before, covered)

    def check_switch(self, before, covered):
        turned = [each for each in before.slots if each.number in covered and each.phase == "building"]
        families = {publishing.family(each.segment) for each in turned}
        ready = {each.number for each in self.edition.slots if each.phase == "ready"}
        of_families = {
            n.number for n in self.edition.slots if n.phase == "ready" and publishing.family(n.segment) in families
        }
        assert of_families == {each.number for each in turned}
        assert ready - of_families == {
            each.number
            for each in before.slots
            if each.phase == "ready" and publishing.family(each.segment) not in families
        }

    @rule(name=st.sampled_from(SEGMENTS))
    def delete(self, name):
        self.edition = retired(self.edition, name)
        assert not any(publishing.family(each.segment) == name for each in self.edition.slots)

    @invariant()
    def of_one_segment_one_slot_counts_and_one_is_built(self):
        told = [(each.segment, each.phase) for each in self.edition.slots]
        assert len(told) == len(set(told))

    @invariant()
    def a_number_never_means_anything_else(self):
        for each in self.edition.slots:
            said = (each.segment, each.version, each.rule)
            assert self.meaning.setdefault(each.number, said) == said
            assert each.number < self.edition.next_slot

    @invariant()
    def only_what_was_built_counts(self):
        assert {each.number for each in self.edition.slots if each.phase == "ready"} <= self.built


TestPublishing = Publishing.TestCase
TestPublishing.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)


@given(st.lists(st.sampled_from(SEGMENTS), max_size=6))
def test_each_step_that_changes_something_is_the_next_edition(names):
    edition = Edition()
    for number, name in enumerate(names, start=1):
        edition = published(edition, wanted(name, number), NOW)
        assert edition.number == number
