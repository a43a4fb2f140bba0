"""What the shop has to know of everybody, worked out from what was said, slowly, and with nothing of shopkeeper.

One thing happens after the other: a batch is told, two customers are made one by hand, or parted again. What is told
twice counts once, as it was told first; what is taken back counts not at all, but what else it told stays. People are
named after the identity they were seen by first.

An interaction is anything with subject, message_id, type, name, at, received_at, source, trusted, ids, properties,
context and traits. Instants are text of one width.
"""

from collections import defaultdict

from tests import measure_oracle
from tests.customer_counts import key, lists, order_of, traits

STRONGEST_FIRST = ("user", "email", "anon")


class Shop:
    def __init__(self):
        self.facts = {}  # By key, as told first.
        self.moves = defaultdict(list)  # By name: [since, whom], the first one since ever.
        self.cause = {}  # By name: when the last thing was received that moved it.
        self.users, self.into = {}, {}  # By person: the user it is, whom it was merged into.
        self.said_by_merges = {}  # By person who went: topics that were out from then on, and since when.
        self.parted = []
        self.orders = {}  # By id: whose it is, being whose it was who spoke of it first.
        self.gone = set()  # Keys of what was taken back, told or not.
        self.late = set()  # Keys of what was told only after it had been taken back: it says nothing of any order.

    # What happens.

    def tell(self, batch, done):
        """`done` is when all of it was stored: later than it was received, and before anything else is."""
        for each in batch:
            self._learn(each, done)
        for each in sorted(batch, key=lambda each: bool(measure_oracle.retracted([each]))):
            if key(each) not in self.facts:
                self._remember(each)

    def _remember(self, each):
        self.facts[key(each)] = each
        self.gone |= measure_oracle.retracted([each])
        if key(each) in self.gone:
            self.late.add(key(each))
        elif (order := order_of(each)) and order not in self.orders:
            self.orders[order] = self.whose(each)

    def merge(self, name, into, done):
        """By hand."""
        gone, stays = self.root(self.now(name)), self.root(self.now(into))
        if gone != stays:
            user = self.user(gone)
            self._merge(gone, stays, done)
            if user and not self.user(stays):
                self.users[stays] = user

    def unmerge(self, gone, done):
        """Takes who went straight into somebody."""
        stays, joined = self.into.pop(gone), ""
        self.said_by_merges.pop(gone)
        self.parted.append((gone, stays, done))
        if (user := self.users.get(stays, "")) and self.root(self.now(user)) == gone:
            joined = self.users.pop(stays)
        if joined and not self.user(gone):
            self.users[gone] = joined

    # Who somebody is.

    def now(self, name):
        return self.moves[name][-1][1]

    def root(self, person):
        while person in self.into:
            person = self.into[person]
        return person

    def user(self, person):
        return person if person.startswith("user:") else self.users.get(person, "")

    def whose(self, fact):
        """As it was when it was received, and before any merge."""
        since = [person for since, person in self.moves[plain(fact.subject)] if since <= fact.received_at]
        return since[-1]

    def family(self, person):
        return {
            each for each in {whom for moves in self.moves.values() for _, whom in moves} if self.root(each) == person
        }

    def _learn(self, each, done):
        first, *others = stated(each)
        if first not in self.moves:
            known = [self.now(other) for other in others if other in self.moves]
            home = next((person for person in known if self.user(self.root(person)) in ("", first)), first)
            if first.startswith("user:") and home != first and self.root(home) != first:
                self.users[self.root(home)] = first
            self._see(first, home, each)
        for other in others:
            if other not in self.moves:
                self._see(other, self.now(first), each)
            elif self.root(self.now(other)) != self.root(self.now(first)):
                self._follow(other, first, each, done)

    def _see(self, name, person, each):
        self.moves[name].append(("", person))
        self.cause[name] = "" if name == person else each.received_at

    def _follow(self, name, first, each, done):
        there, here = self.root(self.now(name)), self.root(self.now(first))
        if each.received_at <= self.cause[name]:
            return
        if self.user(there):
            if not name.startswith("email:"):
                self._move(name, first, each, done)
        elif not self.user(here):
            self._move(name, first, each, done)
        elif since := self._apart(there, here):
            if each.received_at > since:
                self._move(name, first, each, done)
        else:
            self._merge(there, here, done)

    def _move(self, name, first, each, done):
        self.moves[name].append((done, self.now(first)))
        self.cause[name] = each.received_at

    def _apart(self, there, here):
        one, other = self.family(there), self.family(here)
        since = [at for a, b, at in self.parted if (a in one and b in other) or (b in one and a in other)]
        return max(since, default="")

    def _merge(self, gone, stays, done):
        """The strictest word on each topic holds for both, from now on."""
        one, other = self.consents(gone), self.consents(stays)
        differing = {topic for topic in one.keys() | other.keys() if one.get(topic) != other.get(topic)}
        out = {topic for topic in differing if "out" in (one.get(topic), other.get(topic))}
        self.said_by_merges[gone] = dict.fromkeys(out, done)
        self.into[gone] = stays

    # What is known of them.

    def told(self, person):
        """All that is folded for a living one."""
        family = self.family(person)
        return [each for each in self.facts.values() if self._counts_for(each) in family]

    def _counts_for(self, each):
        order = order_of(each) if key(each) not in self.late else ""
        return self.orders[order] if order else self.whose(each)

    def picture(self, person):
        told = self.told(person)
        return {
            "traits": traits(told),
            "consents": self.consents(person),
            "lists": lists(told),
            "measures": measure_oracle.expected(each for each in told if key(each) not in self.gone),
        }

    def consents(self, person):
        """The latest word on each topic; out, if two were said at once."""
        words = defaultdict(list)
        for each in self.told(person):
            said = each.properties
            if each.name == "Consent Changed" and (each.trusted or said["is"] == "out"):
                words[said["topic"]].append((each.at, said["is"]))
        for gone in self.family(person) - {person}:
            for topic, at in self.said_by_merges[gone].items():
                words[topic].append((at, "out"))
        return {topic: max(said)[1] for topic, said in words.items()}


def plain(name):
    return name.strip().lower() if name.startswith("email:") else name


def stated(each):
    """The identities it names, strongest first; an address counts for something on a trusted word."""
    said = {kind: plain(f"{kind}:{text}") for kind, text in each.ids.items() if text}
    if not each.trusted:
        said.pop("email", None)
    said[each.subject.partition(":")[0]] = plain(each.subject)
    return [said[kind] for kind in STRONGEST_FIRST if kind in said]
