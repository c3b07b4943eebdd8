"""The report of a run: one HTML file, complete in itself, in two languages and two themes."""

from doseline.io.report.charts.decay import decay_chain_svg as decay_chain_svg
from doseline.io.report.page import render_report as render_report
