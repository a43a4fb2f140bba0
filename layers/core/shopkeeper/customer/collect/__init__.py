"""The door for interactions. A request passes

door            judges each item alone and keeps the good ones; pinpoint does it for Pinpoint's PutEvents
refusals        why nothing of a request comes in
bodies          gzip, sizes, UTF-8
json_items      where one item ends and the next begins, even in broken JSON
strict_json     what an item may hold
calls           a call of the Segment specification becomes an interaction
sender_clock    when it happened, if the sender's clock is wrong
contexts        what is kept of where it came from
own_events      what must be said with the events that we act on
trust           what may be said with a publishable key
sdk_settings    what Segment's browser SDK asks before it sends
"""
