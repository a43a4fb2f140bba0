"""What a file says of itself. Nothing is decided that its bytes do not show: what could be read in two ways is asked.

guess       a setting, and whether there is any doubt
sample      the bytes that are looked at
encodings   in which letters
dialects    with which marks between cells, and whether its first line names the columns
dates       day or month first
numbers     point or comma before decimals
columns     which column is what
look        all of it
"""
