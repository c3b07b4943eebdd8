"""The report of a run, its brief, and comparisons: HTML files complete in themselves."""

from doseline.io.report.brief import render_brief as render_brief
from doseline.io.report.charts.decay import decay_chain_svg as decay_chain_svg
from doseline.io.report.compare_page import render_comparison as render_comparison
from doseline.io.report.page import render_report as render_report
from doseline.io.report.plan_lists import render_lists as render_lists
from doseline.io.report.plan_page import render_plan as render_plan
from doseline.io.report.replan_page import render_replan as render_replan
