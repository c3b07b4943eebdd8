"""Rulebooks: the legal numbers, rules and worked examples of each country, found by name."""
