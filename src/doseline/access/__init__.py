"""Who can reach which place, and how far it is."""
