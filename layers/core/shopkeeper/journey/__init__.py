"""How a customer goes through a journey: what `functions/journey_decide/journey_leg.asl.json` carries out, leg by leg.

journey/definition  what a marketer writes, and the graph that is made of it
journey/going       how a journey comes to stand: published, paused, stopped
journey/graph       what a version of a journey has come to: nodes, entries, exits, goal
journey/run         one customer on the way through it, the causes that move it, and what it remembers
journey/effects     what a leg hands over, each under a key of its own
journey/facts       what `advance` asks about the customer, the mails and the journey
journey/waits       until when a wait lasts: spans, wall clocks, windows
journey/advance     the decision: from graph, run, news and facts to what happens now and when to look again
journey/leaving     the same of the end: what is switched off and called off, by whichever road
journey/rows        a run as the table keeps it: its inbox, who holds it, and what is still to be handed over
journey/deciding    takes runs into the hands of a leg, and writes down what happens before it is done
journey/times       when the calendar brings a customer in; journey/coming, journey/turns: the rows that are due then
journey/business    whom what happens to the shop brings in
journey/breaking    the circuit breaker of a node: what is counted, and when nobody goes through it any more
journey/owners      runs of customers who were merged into others, or erased
journey/handing     what the machine of a leg is told to hand over
journey/counting    what the rows of runs say, taken together; journey/counts: the same by node, reason and credit
journey/settling    lets go of them, or has the leg go another round
"""
