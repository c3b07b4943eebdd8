"""The program of a week, and how it is solved to a proven gap."""
