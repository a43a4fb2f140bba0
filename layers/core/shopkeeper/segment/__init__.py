"""Who is meant. A rule goes this way:

    segment/rule        JSON from a marketer in, a checked tree out; all that is wrong with it, node by node
    segment/leaves      what each leaf may ask
    segment/refusals    what is wrong with a rule, in words
    segment/evaluate    rules compiled: which hold for this customer now, and when might that change by itself
    segment/writing     all of them as one function, in segment/lines, and segment/asking what each leaf adds to it, as
                        segment/terms
    segment/happened    leaves about what happened, the short way; segment/counts the long way
    segment/spans       the windows that it happened in
    segment/dates       leaves about dates; segment/facts about consents, places, scores
    segment/flips       when sums may change; segment/calendar days, weeks and months
    segment/reads       what of a customer the answer depends on
    segment/references  segments inside segments: put in their place, and who names whom
    segment/publishing  how segments come and go, edition by edition
    segment/runs        a recomputation and the desk that it is ordered at; segment/recompute who begins one
    segment/scanning    one slice of it, segment/evidence what it finds wrong; segment/switching its end
    segment/columnar    who of a page plainly stands where the rules say, all of them asked at once
    segment/placing     the closer look at one: where somebody belongs, and whether it stands there
    segment/phases      where a customer stands in the decision to buy, by rules in an order
    segment/explaining   why a rule holds for a customer or not, and until when, in words

There is one evaluator. Whoever wants to know whether a rule holds asks it, so no two answers can differ. Columns only
spare a recomputation the question where the answer is plain, and nothing is written or told on their word.
"""
