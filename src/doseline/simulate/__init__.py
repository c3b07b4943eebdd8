"""Patients through the gates: a simple, seeded simulation, vectorised over episodes."""
