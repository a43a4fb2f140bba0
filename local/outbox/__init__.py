"""The mails that SES has taken, for people and for stories: `/_local/outbox`.

Read in this order: `routes` (what is asked), `letters` (a mail as somebody reads it), `ways` (where its links lead),
`pages` (how it looks in a browser).
"""
