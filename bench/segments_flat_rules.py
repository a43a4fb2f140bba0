"""Twenty segments of five conditions each over facts that stand in a profile: traits, how often and how much ever, the
newest of a kind against now, lists, consents."""

from bench.segments_said import (
    ADDED,
    CHECKOUT,
    CLICKED,
    EVER,
    OPENED,
    ORDERED,
    PAGE,
    STAFF,
    SUBSCRIBED,
    VIEWED,
    all_of,
    any_of,
    count,
    lately,
    no,
    on_list,
    said,
    spent,
    trait,
)

SEARCHED = "Products Searched"


def ever(event, cmp, n):
    return count(event, cmp, n, EVER)


def since(event, days):
    """The newest of them was in the last so many days."""
    return count(event, "ge", 1, lately(days))


def worth(x):
    return spent("ge", x, EVER)


FLAT = {
    "vip": all_of(
        ever(ORDERED, "ge", 5), worth("300"), trait("plan", "in", "gold", "platinum"), said("newsletter"), no(STAFF)
    ),
    "lapsed": all_of(
        ever(ORDERED, "ge", 1), no(since(ORDERED, 90)), said("offers"), trait("email", "exists"), no(STAFF)
    ),
    "recent": all_of(
        since(ORDERED, 30), worth("100"), any_of(trait("plan", "eq", "gold"), trait("visits", "ge", 40)), no(STAFF)
    ),
    "big spenders": any_of(
        worth("1000"),
        all_of(worth("400"), trait("plan", "in", "gold", "platinum")),
        all_of(ever(ORDERED, "ge", 8), trait("visits", "ge", 50)),
    ),
    "window shoppers": all_of(
        since(VIEWED, 30),
        ever(VIEWED, "ge", 10),
        no(since(ORDERED, 60)),
        trait("visits", "ge", 20),
        no(said("offers", "out")),
    ),
    "never ordered": all_of(
        ever(ORDERED, "eq", 0),
        ever(VIEWED, "ge", 3),
        trait("email", "exists"),
        trait("language", "eq", "de-DE"),
        said("newsletter"),
    ),
    "germans": all_of(
        trait("address.country", "eq", "DE"),
        trait("address.city", "in", "Ulm", "Berlin", "Köln"),
        trait("language", "eq", "de-DE"),
        since(VIEWED, 60),
        no(STAFF),
    ),
    "abroad": all_of(
        no(trait("address.country", "eq", "DE")),
        any_of(trait("language", "eq", "en-US"), trait("language", "eq", "fr-FR")),
        ever(ORDERED, "ge", 1),
        said("newsletter"),
    ),
    "music lovers": all_of(
        trait("interests", "in", "jazz", "soul"),
        trait("visits", "gt", 10),
        since(VIEWED, 60),
        no(said("newsletter", "out")),
        SUBSCRIBED,
    ),
    "gardeners": all_of(
        trait("interests", "eq", "garden"),
        worth("150"),
        since(ORDERED, 180),
        any_of(on_list("vip"), trait("plan", "ne", "free")),
    ),
    "readers": all_of(SUBSCRIBED, since(CLICKED, 60), ever(OPENED, "ge", 3), said("newsletter"), no(STAFF)),
    "silent": all_of(
        no(since(OPENED, 90)),
        no(since(CLICKED, 90)),
        ever(ORDERED, "le", 2),
        trait("visits", "lt", 30),
        said("newsletter"),
    ),
    "renewals": all_of(
        trait("renewal", "exists"),
        trait("plan", "ne", "free"),
        since(ORDERED, 365),
        trait("email", "exists"),
        no(STAFF),
    ),
    "free riders": all_of(
        trait("plan", "eq", "free"),
        trait("visits", "ge", 30),
        ever(ORDERED, "le", 1),
        since(PAGE, 30),
        no(on_list("vip")),
    ),
    "carts": all_of(since(ADDED, 7), no(since(ORDERED, 7)), said("offers"), ever(CHECKOUT, "ge", 1), no(STAFF)),
    "upgrades": all_of(
        trait("plan", "in", "silver", "gold"),
        worth("250"),
        ever(ORDERED, "ge", 3),
        since(ORDERED, 120),
        trait("visits", "ge", 15),
    ),
    "travellers": any_of(
        all_of(trait("timezone", "exists"), trait("address.country", "in", "US", "JP")),
        all_of(trait("interests", "in", "sailing"), worth("50")),
        on_list("vip"),
    ),
    "searchers": all_of(
        ever(SEARCHED, "ge", 1),
        since(VIEWED, 14),
        no(since(ADDED, 14)),
        trait("newsletter", "exists"),
        no(said("offers", "out")),
    ),
    "win back": all_of(
        worth("200"),
        no(since(PAGE, 60)),
        no(since(ORDERED, 120)),
        said("offers"),
        trait("plan", "not_in", "free"),
    ),
    "good friends": any_of(
        on_list("vip"),
        all_of(ever(ORDERED, "ge", 4), ever(CLICKED, "ge", 1)),
        all_of(said("newsletter"), said("offers")),
    ),
}
