"""What does a new post's file look like? Text only: the command line asks and writes."""

import re
from collections.abc import Sequence

from config.models import NAME_PATTERN, Brand
from config.networks import NETWORKS, Network
from config.problems import ConfigurationError, Problem, choose, quoted


def content_file(
    name: str, brand: Brand, objective: str = "", networks: Sequence[Network] = ()
) -> str:
    """Return a commented file of an idea that is valid as it stands.

    Without an objective it gets the brand's first one, without networks those on which the brand
    has an account, or all of them. Raise `ConfigurationError` for a name that no file can have,
    `LookupError` for an objective that the brand does not have.
    """
    if not re.fullmatch(NAME_PATTERN, name) or len(name) > 60:
        remedy = "use lower-case letters, digits and underscores, a letter first: winter_sale"
        raise ConfigurationError(
            [Problem(f"{name}.md", 0, "", f"{quoted(name)} is no name", remedy)]
        )
    objectives = brand.content.objectives
    if objective and objective not in objectives:
        raise LookupError(f"no objective {objective!r}; {choose(objective, objectives)}")
    platforms = {entry.platform for entry in brand.accounts}
    there = [network for network in NETWORKS if network in platforms]
    return _TEMPLATE.format(
        objective=objective or objectives[0],
        objectives=", ".join(objectives),
        networks=", ".join(networks or there or NETWORKS),
        most=brand.content.most_hashtags,
        owner=next(iter(brand.owners)),
    )


_TEMPLATE = """\
---
objective: {objective} # one of: {objectives}
audience: "" # whom it is for
networks: [{networks}]
hashtags: [] # without #, at most {most}: [TrailRunning]
# link: # its utm_ parameters are added for each network
#   url: https://www.example.com/
#   title: What the card says
# images: # in this folder or below it
#   - {{file: picture.png, alt: What is to be seen on it}}
# texts: # where a network needs other words than those below
#   bluesky: Something shorter.
owner: {owner}
# due: 2026-12-01 # by when it has to be ready
# The day and time of publication are set by `marketloop content schedule`.
state: idea # then draft, review; `marketloop content approve` says that somebody read all of it
evergreen: false # true: it may come again after a rest
---

"""
