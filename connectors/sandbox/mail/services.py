"""Who answers for each simulated e-mail service? Base URLs are `<sandbox>/mailchimp` and so on."""

from importlib import import_module

from connectors.sandbox.exchange import Part
from connectors.sandbox.mail.accounts import SERVICES
from connectors.sandbox.mail.world import MailWorld
from connectors.sandbox.world import World


def services(world: World, mail: MailWorld) -> dict[str, Part]:
    """Return by prefix what answers for the services that have accounts."""
    mail.now = world.moment
    wanted = {service for service, _ in mail.accounts}
    return {
        service: import_module(f"connectors.sandbox.mail.{service}").Part(world, mail)
        for service in SERVICES
        if service in wanted
    }
