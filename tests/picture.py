"""A customer's measures as the store keeps them, without the store: each batch with the evidence it would have."""

from collections import defaultdict

from shopkeeper.customer import orders, retractions
from shopkeeper.customer.counting import Counting
from shopkeeper.customer.measures import Measure, Rules, pack, unpack
from shopkeeper.customer.orders import Past

UNREGISTERED = Rules()


class Picture:
    def __init__(self, rules=UNREGISTERED):
        self.rules = rules
        self.events, self.registered = {}, dict.fromkeys(rules.registered, Measure())
        self.told, self.taken_back, self.facts = {}, set(), defaultdict(dict)

    def add(self, batch):
        """Each once; what is taken back before what takes it back."""
        new = [each for each in {each.key: each for each in batch}.values() if each.key not in self.told]
        for phase in (False, True):
            counting = Counting(self.events, self.registered, self.rules)
            before = {name: list(facts.values()) for name, facts in self.facts.items()}
            for each in new:
                if (retractions.target_of(each) is not None) == phase:
                    self._tell(counting, each, before)
            self._keep(counting.counted())
        return self

    def _tell(self, counting, each, before):
        self.told[each.key] = each
        target = retractions.target_of(each)
        if target in self.told and target not in self.taken_back:
            self._take_back(counting, self.told[target], each, before)
        if target:
            self.taken_back.add(target)
        elif each.key not in self.taken_back:
            name = orders.name_of(each)
            counting.add(each, self._past(name, before))
            if fact := orders.fact_of(each):
                self.facts[name][fact.key] = fact

    def _take_back(self, counting, target, by, before):
        name = orders.name_of(target)
        counting.retract(target, by, self._past(name, before))
        if orders.fact_of(target):
            self.facts[name][by.key] = orders.withdrawal(target.message_id, by)

    def _past(self, name, before):
        facts = before.get(name, [])
        return Past("c", facts, {fact.key: self.told[fact.key].properties for fact in facts})

    def _keep(self, counted):
        """Packed and unpacked, as between two writes; what rows alone can tell is told by them."""
        events, registered = dict(counted.events), dict(counted.registered)
        if counted.lossy:
            whole = Picture(self.rules).add(self.told.values())
            events |= {name: whole.events[name] for name in counted.lossy & whole.events.keys()}
            registered |= {name: whole.registered[name] for name in counted.lossy & whole.registered.keys()}
        self.events, self.registered = unpack(pack(events, registered))

    @property
    def packed(self):
        return pack(self.events, self.registered)
