"""What journeys hand over to others: `functions/connect_deliver` takes it from the Connectors queue.

connect/messages    one message of the queue: an effect, and the run that made it
connect/switched    which runs keep a customer in an audience, or something in a slot
connect/connectors  the other side, as a marketer defines it, and how it stands
connect/events      what the other side is told
connect/signing     how it knows that it is us: Standard Webhooks
connect/addresses   where nobody is called
connect/calling     one HTTP request to somebody we do not trust
connect/retries     when to try again, and when no more
connect/tasks       what somebody of the business is to do for a customer, and what becomes of it
connect/telling     tells of tasks: the memory of the customer, and the journey that waits
connect/delivering  all of it together
"""
