"""Whose an interaction is, worked out from what was said and nothing else: `docs/decisions.md`, read naively.

It shares with the store how a customer is named after an identity, and no more.
"""

from collections import Counter, defaultdict

from shopkeeper import ids

STRONGEST_FIRST = ("user", "email", "anon")


def owners(history, most_moves=50):
    """The customer of each key, "" for nobody. Each was received after the one before had been stored for good."""
    home, moves, users, into, whose = {}, Counter(), {}, {}, {}

    def at(name):
        return living(home.get(name), into)

    for each in history:
        subject = plain(each.subject)
        before = home.get(subject)
        first, *others = stated(each)
        if first not in home:
            free = (home[other] for other in others if home.get(other) and at(other) not in users)
            home[first] = next(free, ids.customer_id(first))
            moves[first] = 1
        if first.startswith("user:"):
            users[at(first)] = first
        for other in others:
            if at(first) in users and home.get(other, "") and at(other) not in {*users, at(first)}:
                into[at(other)] = at(first)  # A visitor turned out to be somebody we know.
            else:
                _follow(other, at(first), home, at(other), moves, users, most_moves)
        whose[each.key] = home[subject] if before is None else before
    return {key: living(customer, into) for key, customer in whose.items()}


def living(customer, into):
    """Where a customer is by now. `into` says where each one went who was merged into another."""
    while customer in into:
        customer = into[customer]
    return customer


def _follow(name, customer, home, now_at, moves, users, most_moves):
    """A device goes with whoever used it last until it has worn out; an address stays with the user who has it."""
    stays = name.startswith("email:") and now_at in users
    if now_at in ("", customer) or stays:
        return
    moves[name] += 1
    home[name] = "" if moves[name] >= most_moves else customer


def stated(interaction):
    """The identities it names, strongest first."""
    said = {kind: plain(f"{kind}:{text}") for kind, text in interaction.ids.items() if text}
    if not interaction.trusted:
        said.pop("email", None)
    said[interaction.subject.partition(":")[0]] = plain(interaction.subject)
    return [said[kind] for kind in STRONGEST_FIRST if kind in said]


def impossible_owners(told, rows, into, about_others=()):
    """What can be said in whatever order things were stored: nobody gets what has no link at all to them; a user is one
    customer, and no two users are the same one. `about_others` are keys of what is folded for whom it is about."""
    told = [each for each in told if stated(each) and each.key in rows]
    linked = _linked(told)
    told = [each for each in told if each.key not in about_others]
    for each in told:
        customer = rows[each.key].customer_id
        if customer and customer not in {ids.customer_id(name) for name in linked[plain(each.subject)]}:
            yield f"{each.key} is with a stranger"
    users = [each for each in told if each.subject.startswith("user:")]
    homes = {(each.subject, living(rows[each.key].customer_id, into)) for each in users}
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


def plain(identity):
    return identity.strip().lower() if identity.startswith("email:") else identity
