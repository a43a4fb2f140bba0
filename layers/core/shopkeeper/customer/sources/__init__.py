"""Sources: what a query of the business's own data says about customers, asked again and again. A source passes

definition  what a marketer says: the query, who its rows are about, and what becomes of them
schedule    when it is asked
state       where it stands, and what becomes of that
known       what the last run told, on disk, so that the next one tells only what is new
reading     the result of a query, row by row
telling     what is new, as interactions
steps       one after the other, whatever happens on the way
waking      what the clock does about one that is due
"""
