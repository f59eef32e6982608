"""What charts have too many of for a template's loop. It is written, and escaped, here."""

from html import escape

from django import template
from django.utils.safestring import SafeString

from config.charts import LineChart

register = template.Library()

MARK = (
    '<g class="chart__near"><line class="chart__rule" x1="{0}%" x2="{0}%" y1="0" y2="{4}"/>'
    '<circle class="chart__dot" cx="{0}%" cy="{1}" r="4"/>'
    '<rect class="chart__band" x="{2}%" y="0" width="{3}%" height="{4}" data-readout="{5}"/></g>'
)


@register.simple_tag
def marks(chart: LineChart) -> SafeString:
    """What a line shows where the pointer is nearest to one of its points, for all its points in one go."""
    height = chart.frame.height
    drawn = (
        MARK.format(mark.x, mark.y, mark.band_x, mark.band_width, height, escape(mark.readout)) for mark in chart.marks
    )
    # Numbers, and words that are escaped.
    return SafeString("\n".join(drawn))  # nosec B703
