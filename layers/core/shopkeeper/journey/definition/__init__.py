"""A journey as a marketer writes it, in YAML or JSON, and the graph that is made of it.

spans      durations as ISO 8601 writes them
hearing    what a journey listens to
nodes      the nodes, each of one kind
terms      entries, goal, hours and caps: what holds wherever a customer stands
journey    the whole of it
checking   what is wrong with one, each finding naming its node
naming     the templates, segments and others that it names
compiling  to a Graph
writing    YAML, as JSON
script     what happens in a simulation, and what is expected of it
"""
