"""Amazon SES as far as the bundle uses it: one raw mail to its recipients, what becomes of it, and who is told.

Read in this order: `office` (takes mails, and passes events on), `admission` (what it refuses), `fates` (what becomes
of a mail), `scripts` (what a person or a story wants to become of it), `events` (how SES words it), `letters` (a mail
as somebody reads it).
"""
