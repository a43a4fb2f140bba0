"""A page of customers asked all at once, column by column: what a pass over all of them takes most of its time for.

    columnar/evaluate   rules compiled: which hold for each customer of a page, and when might that change by itself
    columnar/page       what is kept of many customers, as columns
    columnar/coding     values of many, each of them once
    columnar/asked      a page that is asked at an instant
    columnar/leaves     what each leaf asks: columnar/known of what stands in a document, columnar/happened of what
                        happened, in columnar/windows and by columnar/days
    columnar/verdicts   truths with the instants they may change at, and groups of them
    columnar/rows       leaves that have no columns: one customer after the other, by the evaluator of `segment`

It says the same as `segment.evaluate`, or nothing: whoever is unusual, by a date ahead of the clock or bytes of an
older format, has to be asked there. Nothing is ever written on what columns say. A pass takes their word for who stands
where they should, in `columnar/screening`, and looks at everybody else as writers do.
"""
