"""What is counted of a customer, per event name and per registered measure.

measure     what is kept of something that happened again and again, and what can be asked of it
tally       a measure being added to and taken from
registered  measures of our own choosing, beside those by event name
packing     all measures of a customer as the one binary attribute beside the document; piece, one of them
days        the days of a measure in columns
columns     the measures of many customers decoded at once; it takes numpy, so it is loaded by passes over all alone
"""

from shopkeeper.customer.measures.days import Days
from shopkeeper.customer.measures.measure import Measure, Tile
from shopkeeper.customer.measures.packing import Measures, measures, pack, some, unpack
from shopkeeper.customer.measures.registered import Registered, Rules
from shopkeeper.customer.measures.tally import Mark, Tally
from shopkeeper.customer.measures.varints import UnknownFormat

__all__ = [
    "Days",
    "Mark",
    "Measure",
    "Measures",
    "Registered",
    "Rules",
    "Tally",
    "Tile",
    "UnknownFormat",
    "measures",
    "pack",
    "some",
    "unpack",
]
