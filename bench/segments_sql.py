"""The same rules in SQL over JSONB, as somebody who knows PostgreSQL would write them, or have them written.

A customer is one row: `customer_id`, and `doc` as `segments_postgres` loads it. Of what an event's `tail` holds, newest
first, the n-th tells whether there are n since an instant, so nothing is unnested for that. Windows begin and end at
instants worked out ahead. Where a rule has several conditions, those that cost more are asked last. What more than one
condition asks of a row is taken out once, behind a fence (`OFFSET 0`) that keeps the planner from asking it again.

It leaves out what is not among these customers: facts from the future, lists and maps where a trait is a text or a
number, texts that are no dates in the place of dates.
"""

from collections import Counter

from bench.segments_theirs_days import EPOCH, bounds, day_of, first_of, period_of
from bench.segments_theirs_known import folded

SIGNS = {"ge": ">=", "le": "<=", "gt": ">", "lt": "<", "eq": "="}
COSTLY = {"total": 1, "bucket": 1, "regular": 2, "sequence": 3}


def each_segment(rules, said):
    """One query for each segment: who is in it."""
    asked = (f"SELECT customer_id, {1 << place} AS bits FROM customers WHERE" for place, _ in enumerate(rules))
    return [f"{select} {said.rule(rule)}" for select, rule in zip(asked, rules, strict=True)]


def one_pass(rules, said):
    """One query for all: of each customer the segments as bits."""
    asked = Counter()
    said.ask = lambda wanted: asked.update([wanted]) or wanted
    for rule in rules:
        said.rule(rule)
    columns = {wanted: f"c{number}" for number, wanted in enumerate(asked) if asked[wanted] > 1}
    said.ask = lambda wanted: columns.get(wanted, wanted)
    bits = " | ".join(f"((({said.rule(rule)}) IS TRUE)::int << {place})" for place, rule in enumerate(rules))
    taken = ", ".join(f"{wanted} AS {column}" for wanted, column in columns.items())
    fenced = f"SELECT customer_id, doc, {taken} FROM customers OFFSET 0"
    return [f"SELECT customer_id, {bits} AS bits FROM ({fenced}) AS taken"]


def text(said):
    return "'" + said.replace("'", "''") + "'"


def at(*way):
    names = ",".join(f'"{name}"' for name in way)
    return f"doc #> {text('{' + names + '}')}"


def text_at(*way):
    return at(*way).replace("#>", "#>>", 1)


def any_of(found, words):
    """Of a text or of a list of texts."""
    return f"{found} ?| ARRAY[{', '.join(text(folded(word)) for word in words)}]"


class Said:
    """`ask` is told each value that is taken out of a row, and answers how to call it."""

    def __init__(self, now, zone, ask=lambda wanted: wanted):
        self.now, self.zone, self.ask = now, zone, ask
        self.today = day_of(now, zone)

    def rule(self, rule):
        op = rule["op"]
        if op == "not":
            return f"({self.rule(rule['rule'])}) IS NOT TRUE"
        if op not in ("all", "any", "at_least"):
            return getattr(self, op)(rule)
        of = [f"({self.rule(each)})" for each in sorted(rule["of"], key=cost)]
        if op == "at_least":
            return f"{' + '.join(f'({each} IS TRUE)::int' for each in of)} >= {rule['k']}"
        return (" AND " if op == "all" else " OR ").join(of)

    # What happened

    def tail(self, of):
        return self.ask(f"({at('events', of['event'], 'tail')})")

    def newest(self, of, n=1):
        """When the n-th newest of these was; NULL if there is none."""
        return f"({self.tail(of)} ->> {n - 1})::bigint"

    def count(self, rule):
        window, n, cmp = rule["window"], rule["n"], rule["cmp"]
        if window == "ever":
            found = text_at("events", rule["measure"]["event"], "count")
            return f"coalesce({self.ask(f'({found})::int')}, 0) {SIGNS[cmp]} {n}"
        if "last_month" in window.values() or "to" in window.get("between", {}):
            return f"{self.of_days(rule, 'count')} {SIGNS[cmp]} {n}"
        since, _ = bounds(window, self.now, self.zone)

        def has(number):
            return f"{self.newest(rule['measure'], number)} >= {since}" if number else "true"

        if cmp == "ge":
            return has(n)
        no_more = f"({has(n + 1)}) IS NOT TRUE"
        return no_more if cmp == "le" else f"{has(n)} AND {no_more}"

    def total(self, rule):
        bound = f"{SIGNS[rule['cmp']]} {round(float(rule['x']) * 100)}"
        if rule["window"] == "ever":
            found = text_at("events", rule["measure"]["event"], "totals", rule["currency"])
            return f"coalesce({self.ask(f'({found})::bigint')}, 0) {bound}"
        return f"{self.of_days(rule, rule['currency'])} {bound}"

    def of_days(self, rule, name):
        first, last = self.days(rule["window"])
        within = f"(day ->> 'day')::int BETWEEN {first} AND {last}"
        return f"(SELECT coalesce(sum((day ->> {text(name)})::bigint), 0) FROM {self.unnested(rule)} WHERE {within})"

    def unnested(self, rule):
        days = self.ask(f"({at('events', rule['measure']['event'], 'days')})")
        return f"jsonb_array_elements({days}) AS day"

    def days(self, window):
        begin, end = bounds(window, self.now, self.zone)
        return day_of(begin, self.zone) - EPOCH, min(day_of(end - 1, self.zone), self.today) - EPOCH

    def first(self, rule):
        since, until = bounds(rule["window"], self.now, self.zone)
        found = self.ask(f"({text_at('events', rule['measure']['event'], 'first')})::bigint")
        return f"{found} >= {since} AND {found} < {until}"

    def sequence(self, rule):
        since, until = bounds(rule["window"], self.now, self.zone)
        a, b = (f"jsonb_path_query({self.tail(rule[of])}, '$[0 to 15]') AS {of}" for of in "ab")
        follows = f"a::bigint < b::bigint AND b::bigint < a::bigint + {rule['within']['seconds'] * 1000}"
        lately = f"b::bigint >= {since} AND b::bigint < {until}"
        return f"EXISTS (SELECT FROM {b}, {a} WHERE {lately} AND {follows})"

    def abandoned(self, rule):
        did, without = self.newest(rule["did"]), self.newest(rule["without"])
        due = f"{did} <= {self.now - rule['grace']['seconds'] * 1000}"
        return f"{due} AND ({without} >= {did}) IS NOT TRUE"

    def regular(self, rule):
        period = period_of(self.today, rule["unit"])
        starts = [first_of(period - ago, rule["unit"]) - EPOCH for ago in reversed(range(rule["of_last"]))]
        which = f"width_bucket((day ->> 'day')::int, ARRAY[{', '.join(map(str, starts))}])"
        since = f"(day ->> 'day')::int >= {starts[0]}"
        return f"(SELECT count(DISTINCT {which}) FROM {self.unnested(rule)} WHERE {since}) >= {rule['at_least']}"

    # What is known

    def trait(self, rule):
        way, cmp = ("traits", *rule["path"].split(".")), rule["cmp"]
        if cmp == "exists":
            return f"({at(*way)}) IS NOT NULL"
        if cmp in ("ne", "not_in"):
            return f"({self.trait(rule | {'cmp': {'ne': 'eq', 'not_in': 'in'}[cmp]})}) IS NOT TRUE"
        words = rule["values"] if cmp == "in" else [rule["value"]]
        if isinstance(words[0], bool):
            return f"{self.ask(f'({at(*way)})')} = '{str(words[0]).lower()}'"
        if isinstance(words[0], int):
            return f"{self.ask(f'({text_at(*way)})::int')} {SIGNS[cmp]} {words[0]}"
        if cmp in ("eq", "in"):
            return any_of(self.ask(f"({at(*way)})"), words)
        pattern = {"starts": "{}%", "ends": "%{}", "contains": "%{}%"}[cmp].format(folded(words[0]))
        return f"({text_at(*way)}) LIKE {text(pattern)}"

    def consent(self, rule):
        all_out = self.ask(f"({text_at('consents', '*', 'is')} = 'out')")
        said = self.ask(f"({text_at('consents', rule['topic'], 'is')} = {text(rule['is'])})")
        return f"{all_out} OR {said}" if rule["is"] == "out" else f"{said} AND {all_out} IS NOT TRUE"

    def in_list(self, rule):
        return self.ask(f"({at('lists', rule['id'], 'is_on')} = 'true')")

    def place(self, rule):
        ways = ("traits", "address", "country"), ("traits", "country"), ("seen", "country", "value")
        lives, told, seen = (at(*way) for way in ways)
        return any_of(self.ask(f"coalesce(({lives}) || ({told}), {lives}, {told}, {seen})"), rule["country"])

    def rfm(self, rule):
        found = self.ask(f"({text_at('scores', rule['dim'])})::int")
        return f"{found} {SIGNS[rule['cmp']]} {rule['value']}"

    def bucket(self, rule):
        drawn = f"sha256(convert_to({text(rule['salt'] + ':')} || customer_id, 'UTF8'))"
        high, low = (f"('x' || encode(substr({drawn}, {byte}, 4), 'hex'))::bit(32)::bigint" for byte in (1, 5))
        return f"({high} % 10000 * 7296 + {low}) % 10000 BETWEEN {rule['from_bp']} AND {rule['to_bp'] - 1}"

    # Dates, where the customer lives

    def own_zone(self):
        names = [text_at("traits", name) for name in ("timezone", "timeZone", "time_zone")]
        return self.ask(f"coalesce({', '.join(names)}, {text_at('seen', 'zone', 'value')}, {text(self.zone.key)})")

    def own_today(self):
        return f"(to_timestamp({self.now} / 1000.0) AT TIME ZONE {self.own_zone()})::date"

    def date(self, rule):
        said, sign, ref = text_at("traits", rule["path"]), "<" if rule["cmp"] == "before" else ">", rule["ref"]
        is_day, zone = f"length({said}) = 10", self.own_zone()
        if "now" in ref:
            told = f"CASE WHEN {is_day} THEN ({said})::timestamp AT TIME ZONE {zone} ELSE ({said})::timestamptz END"
            return f"{told} {sign} to_timestamp({self.now + ref['now'] * 1000} / 1000.0)"
        told = f"CASE WHEN {is_day} THEN ({said})::date ELSE (({said})::timestamptz AT TIME ZONE {zone})::date END"
        years, days = (ref["today"].get(unit, 0) for unit in ("years", "days"))
        return f"{told} {sign} ({self.own_today()} + interval '{years} years')::date + {days}"

    def anniversary(self, rule):
        born, today = f"({text_at('traits', rule['path'])})::date", self.own_today()
        age = f"(date_part('year', {today}) - date_part('year', {born}))::int"
        comes = (f"({born} + make_interval(years => {age} + {more}))::date" for more in (0, 1))
        return " OR ".join(f"{day} - {today} BETWEEN 0 AND {rule['within_days']}" for day in comes)


class Flat(Said):
    """Of rows without tails, that tell of each kind when the newest was."""

    def newest(self, of, n=1):
        assert n == 1
        return self.ask(f"({text_at('events', of['event'], 'last')})::bigint")


def cost(rule):
    """Which of two conditions to ask later."""
    return max((cost(each) for each in rule.get("of", [rule.get("rule")]) if each), default=COSTLY.get(rule["op"], 0))
