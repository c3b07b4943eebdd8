"""Years of a network: its world for the engine, its patients, and their account."""
