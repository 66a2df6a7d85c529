"""Whose mailbox is an address? By its domain, for the large providers.

A company's own domain may be hosted by one of them too; only its MX record would tell, and it is
`other` here. The domains are those that the providers give to private people.
"""

import re

PROVIDERS: dict[str, tuple[str, ...]] = {
    "gmail": ("gmail", "googlemail"),
    "microsoft": ("outlook", "hotmail", "live", "msn", "passport"),
    "yahoo": ("yahoo", "ymail", "rocketmail", "aol", "aim", "myyahoo"),
    "apple": ("icloud", "me.com", "mac.com"),
    "gmx_web_de": ("gmx", "web.de", "mail.com"),
    "t_online": ("t-online.de", "magenta.de"),
    "orange": ("orange.fr", "wanadoo.fr"),
    "mail_ru": ("mail.ru", "bk.ru", "list.ru", "inbox.ru", "internet.ru"),
    "yandex": ("yandex", "ya.ru"),
    "proton": ("proton.me", "protonmail", "pm.me"),
    "comcast": ("comcast.net",),
    "naver": ("naver.com",),
}
"""Provider to whole domains, or to names that it has below several countries' endings."""

OTHER = "other"

ENDING = re.compile(r"\.(?:[a-z]{2,3}|(?:co|com)\.[a-z]{2})$")
"""What follows a provider's own name: `.de`, `.com`, `.co.uk`."""

_BY_DOMAIN = {domain: provider for provider, names in PROVIDERS.items() for domain in names}


def provider_of(address: str) -> str:
    """Return the provider of an address's mailbox, `other` if it is none of the large ones."""
    domain = address.rpartition("@")[2].strip().lower()
    return _BY_DOMAIN.get(domain) or _BY_DOMAIN.get(ENDING.sub("", domain), OTHER)
