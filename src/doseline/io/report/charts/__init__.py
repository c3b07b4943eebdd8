"""Drawings of the report, one file each: the drawing and the table of its numbers."""
