"""The lists of a planned week as files: tables for other programs, and one workbook."""

from doseline.io.plansheets.tables import FOLDER as FOLDER
from doseline.io.plansheets.tables import write_tables as write_tables
from doseline.io.plansheets.workbook import WORKBOOK as WORKBOOK
from doseline.io.plansheets.workbook import sheets_workbook as sheets_workbook
