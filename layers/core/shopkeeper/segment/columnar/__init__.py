"""A page of customers asked all at once, column by column: what a pass over all of them takes most of its time for.

    columnar/evaluate   rules compiled: which hold for each customer of a page, and when might that change by itself
    columnar/page       what is kept of many customers, as columns; columnar/parts, the parts that are read of it
    columnar/coding     values of many, each of them once
    columnar/asked      a page that is asked at an instant
    columnar/known      leaves about what stands in a document; columnar/dates about dates there
    columnar/happened   leaves about what happened, in columnar/windows
    columnar/summed     what it came to, and what is told by whole days: columnar/days
    columnar/verdicts   truths with the instants they may change at, and groups of them
    columnar/rows       leaves that have no columns: one customer after the other, by the evaluator of `segment`
    columnar/screening  who of a page plainly stands right

It says the same as `segment.evaluate`, or nothing: whoever is unusual, by a date ahead of the clock or bytes of an
older format, has to be asked there. Nothing is ever written on what columns say. A pass takes their word for who stands
where they should, and looks at everybody else as writers do.
"""
