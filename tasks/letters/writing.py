"""What does a brand write? From a due message and whom it is for to the mail that goes out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from config.mail_templates import MailTemplate
from config.models import Brand
from connectors.mail import DueMail, Mail, MailClaim
from connectors.mail_links import Ticket
from connectors.people_keys import PeopleKeys
from tasks.letters.composing import Addressee, links_of, mail_of
from tasks.letters.links import campaign_of, own_hosts
from tasks.letters.rendering import (
    Letter,
    LetterError,
    Person,
    Surroundings,
    prepare,
    render_mail,
)


class Reader(Person, Addressee, Protocol):
    """Whom a message is for (`connectors.mail.Recipient`)."""


@dataclass
class Writer:
    """A brand's letters. Each template is compiled when it is first written, once."""

    brand: Brand
    templates: Mapping[str, MailTemplate]
    keys: PeopleKeys = field(repr=False)
    subjects: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """Campaign and arm to the subject that a test gives it, instead of the template's."""
    _letters: dict[tuple[str, str], Letter] = field(default_factory=dict, repr=False)

    @cached_property
    def _hosts(self) -> frozenset[str]:
        return own_hosts(self.brand)

    def write(self, claim: MailClaim, due: DueMail, reader: Reader) -> Mail:
        """Return the mail. Raise `LetterError` for one that cannot be written to this person."""
        if reader.address is None or reader.address_key is None:
            raise LetterError("no address is known")
        rules = self.brand.mail
        ticket = Ticket(due.brand, claim.message_key, reader.address_key)
        letter = self._letter(due)
        language = letter.template.front.language or reader.language
        links = links_of(rules, self.keys, ticket, language)
        around = Surroundings(
            self.brand.name,
            rules.postal_address,
            self._hosts,
            campaign_of(due.source, due.step, due.arm),
            links,
        )
        rendered = render_mail(letter, reader, around)
        return mail_of(claim, due, rendered, reader.address, rules, links)

    def _letter(self, due: DueMail) -> Letter:
        subject = self.subjects.get((due.source, due.arm), "")
        key = (due.template, subject)
        if key not in self._letters:
            if due.template not in self.templates:
                raise LetterError(f"there is no template {due.template} that can be used")
            self._letters[key] = prepare(_with_subject(self.templates[due.template], subject))
        return self._letters[key]


def _with_subject(template: MailTemplate, subject: str) -> MailTemplate:
    if not subject:
        return template
    front = template.front.model_copy(update={"subject": subject})
    return MailTemplate(
        template.name, front, template.html, template.html_line, template.text, template.parts
    )
