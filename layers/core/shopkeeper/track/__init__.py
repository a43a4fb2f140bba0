"""What happens when a customer opens a mail or follows a link in it. A click goes this way:

    functions/track_click   one event of API Gateway in, one answer out
    track/request           what is taken from the event, and all that is taken
    tokens                  is this an address of ours? Nothing is read before that is known
    track/links             where the n-th link of that content version leads
    track/hits              what is remembered: an interaction for the Interactions queue
    track/answers           the redirect, the pixel, or one of four plain pages

Only the standard library and the ground floor are imported here, and records are named tuples rather than
dataclasses: these functions start while somebody waits, and `dataclasses` brings half a compiler along.
"""
