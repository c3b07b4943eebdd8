"""A network as an Excel workbook: one sheet a table, and one for the settings."""

ENDING = ".xlsx"
