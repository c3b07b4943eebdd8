"""Doseline plans, tests and runs radioligand therapy networks."""
