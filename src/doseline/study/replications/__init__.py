"""Replications of years: sweeps of scenarios under common seeds, on any number of processes."""
