"""Prices at which each party still takes part, and the way of a product into a country."""
