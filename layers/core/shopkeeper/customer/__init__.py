"""The memory of each customer, and how an interaction gets into it. Read in this order:

interaction     who, what, when: what comes in by every door
collect/        the door for SDKs and pages; importing/ the one for files; write_keys who may use the first
subjects        the names customers go by, and what is no name; emails, hosts: addresses in their one normal form
identity        who a subject is, and since when
document        what is kept of a customer, and how; rows what is kept of an interaction
whose           whose a row is; following where a customer is now who was merged into another one
fold            an interaction changes the document: traits told, consents, lists, measures, orders
known           what interactions of known names say, each kept as a word (words): tickets, concerns, accounts
things          the same field by field: configurations, concerns, feedback
purchases       what was bought in which order
access          through which door a visitor came; sessions the visits among the pages looked at
given_outcomes  what people say came of an interaction; outcomes what came of a send
asks            what a customer asks about, the less the longer ago
habits          when and where a customer acts most; forecast how likely the next order is
computed        what follows from all of it: tenure, averages, what was bought, tickets; computed_forms how it looks
accounts        companies and other groups customers belong to
fields          how full each trait is, and rfm who buys lately, often and for much: counted each night on walks
names           what events and traits were ever called, and by whom; vocabulary what somebody probably meant
merging         two customers become one, and parting apart again; founders what that changes about identities
store/          a batch of interactions, each folded exactly once
news            what a new document means to others: outcomes of sends, consent
timeline        the rows of a customer, newest first
"""
