"""Whose an interaction is, worked out from what was said and nothing else: `docs/decisions.md`, read naively.

It shares with the store how a customer is named after an identity, and no more.
"""

from collections import Counter, defaultdict

from shopkeeper import ids

STRONGEST_FIRST = ("user", "email", "anon")


def owners(history, most_moves=50):
    """The customer of each key, "" for nobody. Each was received after the one before had been stored for good."""
    home, moves, users, whose = {}, Counter(), {}, {}
    for each in history:
        subject = _plain(each.subject)
        before = home.get(subject)
        first, *others = stated(each)
        if first not in home:
            free = (home[other] for other in others if home.get(other) and home[other] not in users)
            home[first] = next(free, ids.customer_id(first))
            moves[first] = 1
        if first.startswith("user:"):
            users[home[first]] = first
        for other in others:
            _follow(other, home[first], home, moves, users, most_moves)
        whose[each.key] = home[subject] if before is None else before
    return whose


def _follow(name, customer, home, moves, users, most_moves):
    """A device goes with whoever used it last until it has worn out; an address stays with the user who has it."""
    stays = name.startswith("email:") and home.get(name) in users
    if home.get(name) in ("", customer) or stays:
        return
    moves[name] += 1
    home[name] = "" if moves[name] >= most_moves else customer


def stated(interaction):
    """The identities it names, strongest first."""
    said = {kind: _plain(f"{kind}:{text}") for kind, text in interaction.ids.items() if text}
    if not interaction.trusted:
        said.pop("email", None)
    said[interaction.subject.partition(":")[0]] = _plain(interaction.subject)
    return [said[kind] for kind in STRONGEST_FIRST if kind in said]


def impossible_owners(told, rows):
    """What can be said in whatever order things were stored: nobody gets what has no link at all to them; a user is one
    customer, and no two users are the same one."""
    told = [each for each in told if stated(each) and each.key in rows]
    linked = _linked(told)
    for each in told:
        customer = rows[each.key].customer_id
        if customer and customer not in {ids.customer_id(name) for name in linked[_plain(each.subject)]}:
            yield f"{each.key} is with a stranger"
    homes = {(each.subject, rows[each.key].customer_id) for each in told if each.subject.startswith("user:")}
    yield from (f"{user} is two customers" for user, n in Counter(user for user, _ in homes).items() if n > 1)
    yield from (f"{customer} is two users" for customer, n in Counter(home for _, home in homes).items() if n > 1)


def _linked(told):
    """By name, all names that statements lead to from it."""
    linked = defaultdict(set)
    for each in told:
        names = stated(each)
        together = set(names).union(*(linked[name] for name in names))
        linked |= dict.fromkeys(together, together)
    return linked


def _plain(identity):
    return identity.strip().lower() if identity.startswith("email:") else identity
