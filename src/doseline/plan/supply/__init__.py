"""Isotope and batches of a planned week, and what one line can make after another."""
