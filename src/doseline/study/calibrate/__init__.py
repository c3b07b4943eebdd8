"""Calibration: unknown delays and capacities fitted to published targets, with what stays unknown."""
