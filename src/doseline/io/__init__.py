"""The only place that touches files: network folders, tables, words, reports."""
