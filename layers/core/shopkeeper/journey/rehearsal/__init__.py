"""What a journey would do: the same decisions, over a shop in memory and a clock of its own."""
