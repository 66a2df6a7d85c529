"""What tests of letters share: a small template, a brand's surroundings, a person."""

from dataclasses import dataclass, field

from config.mail_templates import MailTemplate, TemplateFront
from tasks.letters.links import Campaign, MessageLinks
from tasks.letters.rendering import Surroundings, prepare, render_mail

UNSUBSCRIBE = "https://mail.acme.example/u/acme/1-2/0123"
AROUND = Surroundings(
    "Acme",
    "Acme, Hillside 1, 12345 Hilltown",
    frozenset({"acme.example"}),
    Campaign("welcome", "hello"),
    MessageLinks(UNSUBSCRIBE),
)
HTML = """\
<!doctype html><html lang="{{ language }}"><body>
<div style="display:none">{{ preheader }}</div>
<p>Hello {{ first_name | or("there") }}, your boots are here and they are waterproof.</p>
<a href="https://acme.example/boots?size=9">See the boots</a>
<a href="{{ unsubscribe_url }}">Unsubscribe</a> {{ postal_address }}
</body></html>
"""
TEXT = """\
Hello {{ first_name | or("there") }}, your boots are here and they are waterproof.
See the boots: https://acme.example/boots?size=9
Unsubscribe: {{ unsubscribe_url }}
{{ postal_address }}
"""


@dataclass(frozen=True)
class Somebody:
    fields: dict = field(default_factory=dict)
    language: str = "en"


def template(html=HTML, text=TEXT, parts=None, **front):
    front = {"subject": "Boots are here", "preheader": "Waterproof", "language": "en"} | front
    return MailTemplate("boots", TemplateFront(**front), html, 1, text, parts or {})


def written(html=HTML, text=TEXT, parts=None, fields=None, around=AROUND, **front):
    letter = prepare(template(html, text, parts, **front))
    return render_mail(letter, Somebody(fields or {}), around)
