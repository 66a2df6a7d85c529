"""How is the brand's mail to its customers: who they are, what they got, and what came of it?"""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from config.models import Brand
from tasks.report.mail_customers import ListMaterial, customer_list
from tasks.report.mail_model import Mail
from tasks.report.mail_sent import SendingMaterial, sending_of


@dataclass(frozen=True, slots=True)
class MailMaterial:
    """What a report on mail to customers is made of."""

    customers: ListMaterial | None
    """None: the brand has no list of customers."""
    sending: SendingMaterial | None
    """None: the brand sends nothing by itself."""


def mail_of(material: MailMaterial | None, brand: Brand) -> Mail | None:
    """Sum up a brand's mail; None where the report is about something else."""
    if material is None:
        return None
    zone, currency = ZoneInfo(brand.time_zone), brand.currency
    customers, sending = material.customers, material.sending
    return Mail(
        customers=None if customers is None else customer_list(customers, currency, zone),
        sending=None if sending is None else sending_of(sending, currency, zone),
    )
