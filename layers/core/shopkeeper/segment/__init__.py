"""Who is meant. A rule goes this way:

    segment/rule        JSON from a marketer in, a checked tree out; all that is wrong with it, node by node
    segment/leaves      what each leaf may ask
    segment/refusals    what is wrong with a rule, in words
    segment/evaluate    the tree compiled: does it hold for this customer now, and when might that change by itself
    segment/conditions  what each leaf asks, as a function of the customer
    segment/windows     leaves that change by themselves, as time goes by
    segment/phases      where a customer stands in the decision to buy, by rules in an order

There is one evaluator. Whoever wants to know whether a rule holds asks it, so no two answers can differ.
"""
