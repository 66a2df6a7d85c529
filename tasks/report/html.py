"""How does a report look as one HTML file? It asks for nothing: no script, no request."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from connectors.records import Verdict
from tasks.report import (
    change_words,
    charts,
    customer_words,
    mail_words,
    paid_words,
    site_words,
    social_visit_words,
    social_watched,
    social_words,
    wording,
    work_words,
)
from tasks.report.escape import JOINER, NAME_LENGTH, plain
from tasks.report.marks import MARKS, SENTENCE_LENGTH
from tasks.report.model import Attention, Plan, Report, Trend
from tasks.report.numbers import day, number, plural
from tasks.report.social_model import Following

_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render_html(report: Report) -> str:
    """Return the report as one self-contained HTML document."""
    template = _environment.get_template("report.html")
    words = {
        "w": wording,
        "c": change_words,
        "k": work_words,
        "s": site_words,
        "p": paid_words,
        "n": social_words,
        "u": customer_words,
        "m": mail_words,
        "v": social_visit_words,
        "o": social_watched,
    }
    return template.render(report=report, marks=MARKS, **words)


def _badge(verdict: Verdict) -> Markup:
    return Markup(charts.badge(verdict))  # noqa: S704  our own picture


def _sparkline(item: Attention) -> Markup:
    if item.series is None or item.measure is None:
        return Markup("")
    title = f"{item.measure.title}, last {len(item.series.values)} days"
    return Markup(charts.sparkline(item.series, title))  # noqa: S704  charts escape their words


def _followers(following: Following) -> Markup:
    course = social_words.course(following)
    if course is None:
        return Markup("")
    return Markup(charts.sparkline(course, social_words.COURSE))  # noqa: S704  charts escape their words


def _trend(trend: Trend) -> Markup:
    return Markup(charts.trend_chart(trend))  # noqa: S704  charts escape their words


def _plan(plan: Plan) -> Markup:
    return Markup(charts.plan_bar(plan))  # noqa: S704  charts escape their words


def _sentence(text: str) -> str:
    """Clean a text; no line ends between a sign or an arrow and its number."""
    cleaned = plain(text, SENTENCE_LENGTH)
    return cleaned.replace("−", f"−{JOINER}").replace("↑ ", "↑\xa0").replace("↓ ", "↓\xa0")


def _whole(text: str) -> str:
    """Return a shortened name's full text, for its title; "" if it was not shortened."""
    full = plain(text, 0)
    return full if len(full) > NAME_LENGTH else ""


_environment.filters |= {
    "badge": _badge,
    "sparkline": _sparkline,
    "followers": _followers,
    "trend": _trend,
    "plan": _plan,
    "name": plain,
    "whole": _whole,
    "sentence": _sentence,
    "day": day,
    "number": number,
    "plural": plural,
}
