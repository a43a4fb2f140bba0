"""Files in. A file passes

request     what a marketer asks for: which file, what its columns mean
job         how far the import has come
file        lines and columns of a file, as its form says
fields      which fields a column may go to
cells       how a cell is read: dates, amounts, addresses
rows        a row becomes interactions
chunks      a thousand rows, what came of them, and the lines of the error file
run         the whole, chunk by chunk, whatever happens on the way
"""
