"""Tours of own vehicles: who is visited in which order, and what goes with a carrier instead."""
