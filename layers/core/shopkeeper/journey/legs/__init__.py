"""Legs: how a run is taken in hand, decided about, and let go; what a leg looks at, and what it hands over."""
