"""Findings → what people look at: chart models, the arranged report page, the PDF. No number is computed here."""

from impact.report.charts import FlowChart, ForestChart, ShiftChart
from impact.report.figures import flow_chart, forest_chart, shift_chart
from impact.report.page import ReportPage, report_page
from impact.report.pdf import render_pdf
from impact.report.plotly import figure
from impact.report.svg import draw
from impact.report.theme import Theme, theme

__all__ = [
    "FlowChart",
    "ForestChart",
    "ReportPage",
    "ShiftChart",
    "Theme",
    "draw",
    "figure",
    "flow_chart",
    "forest_chart",
    "render_pdf",
    "report_page",
    "shift_chart",
    "theme",
]
