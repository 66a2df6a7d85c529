"""Who answers for each simulated network? Base URLs are `<sandbox>/linkedin` and so on."""

from importlib import import_module

from config.networks import NETWORKS
from connectors.sandbox.exchange import Part
from connectors.sandbox.social.world import SocialWorld
from connectors.sandbox.world import World


def networks(world: World, social: SocialWorld) -> dict[str, Part]:
    """Return by prefix what answers for the networks that have accounts."""
    social.now = world.moment
    wanted = {network for network, _ in social.accounts}
    return {
        network: import_module(f"connectors.sandbox.social.{network}").Part(world, social)
        for network in NETWORKS
        if network in wanted
    }
