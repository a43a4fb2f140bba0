"""Files in. A file passes

request     what a marketer asks for: which file, what its columns mean
forms       how a file is written, as it is said and as it is found
sniffing/   what the file itself says of that, and proposal: what is made of both
plain       its bytes, unpacked; lines of them; objects and file: rows of those
fields      which fields a column may go to
cells       how a cell is read: dates, amounts, addresses
rows        a row becomes interactions
chunks      a thousand rows and what came of them; notes of the rows behind; errors, the file of refused ones
job         how far the import has come
foresight   what a dry run foresees
run         the whole, chunk by chunk, whatever happens on the way
"""
