"""What does a new brand's file look like? Text only: the command line asks and writes.

Every value that a person gave is a quoted YAML string, so that it can only ever be a value.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from config.models import NAME_PATTERN
from config.problems import ConfigurationError, Problem, quoted

Way = Literal["google_ads", "meta_ads", "file", "sql"]

SCHEMA = "../schema/brand.json"
"""From `config/brands/` to the schema that editors read."""

TITLES = {"google_ads": "Google Ads", "meta_ads": "Facebook Ads (Meta)"}

PROCESSES = {"google_ads": "google_ads", "meta_ads": "facebook_ads"}
"""Platform to the process that checks it."""

EXPORTS = {"google_ads": "google_ads_report", "meta_ads": "meta_ads_manager"}
"""Platform to the ready-made mapping of its exports."""


@dataclass(frozen=True, slots=True)
class AccountAnswer:
    """What a person said about one account."""

    platform: Literal["google_ads", "meta_ads"]
    account_id: str
    way: Way | None = None
    """How the figures get here; None means from the platform itself."""
    manager_id: str = ""
    """Google: the manager account, if access comes through one."""
    path: str = ""
    """Of the exports, if the way is `file`."""


@dataclass(frozen=True, slots=True)
class BrandAnswers:
    """What a person said about a brand."""

    brand: str
    """Short name: that of the file, and part of the variables' names."""
    name: str
    currency: str
    time_zone: str
    accounts: Sequence[AccountAnswer]
    owner: str = "Marketing"
    site: str = ""
    """Where the website starts, `https://www.example.com/`; empty: it is not looked at."""


def brand_file(answers: BrandAnswers, schema: str = SCHEMA) -> str:
    """Return a commented brand file that is valid as it stands, but for its secrets.

    Raise `ConfigurationError` for a short name that no file can have.
    """
    if not re.fullmatch(NAME_PATTERN, answers.brand):
        message = f"{quoted(answers.brand)} is no short name for a brand"
        remedy = "use lower-case letters, digits and underscores, a letter first"
        raise ConfigurationError([Problem("new brand", 0, "", message, remedy)])
    names = entry_names(answers.accounts)
    entries = [
        _account(name, account, answers)
        for name, account in zip(names, answers.accounts, strict=True)
    ]
    platforms = list(dict.fromkeys(account.platform for account in answers.accounts))
    processes = [PROCESSES[platform] for platform in platforms]
    if answers.site:
        entries.append(_website(answers))
        processes.append("seo")
    parts = [
        f"# yaml-language-server: $schema={schema}\n{_HEAD}",
        _brand(answers),
        "accounts:\n" + "\n".join(entries),
        _TARGETS.format(platform=platforms[0]),
        _schedules(processes),
        *([_SITE] if answers.site else []),
        _CHECKS,
        _CHANGES.format(process=PROCESSES[platforms[0]], playbook=_EXAMPLES[platforms[0]]),
    ]
    return "\n".join(parts)


def entry_names(accounts: Sequence[AccountAnswer]) -> list[str]:
    """Return a name for each account: `google`, `meta`, and `google_2` for a second one."""
    names: list[str] = []
    for account in accounts:
        base = account.platform.removesuffix("_ads")
        taken = sum(name == base or name.startswith(f"{base}_") for name in names)
        names.append(f"{base}_{taken + 1}" if taken else base)
    return names


def variables(answers: BrandAnswers) -> list[str]:
    """Return the variables that the file refers to, for `.env`, each once."""
    found = []
    for name, account in zip(entry_names(answers.accounts), answers.accounts, strict=True):
        found += [_variable(answers, name, option) for option in _secret_options(account)]
    return list(dict.fromkeys(found))


def quote(value: str) -> str:
    """Return a text as a YAML string in double quotes, whatever it holds."""
    return '"' + "".join(_escaped(sign) for sign in value) + '"'


_HEAD = """\
# A brand: a business whose marketing is looked after. An editor that knows YAML schemas completes
# and checks this file; `marketloop validate` checks it together with all others.
"""

_SECRETS = {
    "google_ads": ("client_id", "client_secret", "refresh_token"),
    "meta_ads": ("access_token",),
    "file": (),
    "sql": ("url",),
}

_TARGETS = """\
# What KPIs should be; checks compare with it. Take the sign away and put in your own numbers.
# targets:
#   - {{kpi: cpa, target: 25}}                        # for all platforms
#   - {{kpi: roas, target: 3.5, platform: {platform}}}

# What a calendar month may cost. `platforms: [google_ads, meta_ads]` in the place of `platform` is
# one amount over both, which the process media_budget splits: give it a schedule.
# budgets:
#   - {{platform: {platform}, monthly: 3000}}

# What is to be reached by when, and for what.
# goals:
#   - {{name: more_orders, kpi: conversions, baseline: 400, target: 500, by: 2027-12-31,
#      owner: marketing, serves: Grow the shop by a quarter}}
"""

_CHECKS = """\
# What is different from the shared checks in config/checks/. Switching one off needs a reason.
# checks:
#   cpa_above_target:
#     minimum: {conversions: 30}
#   roas_below_target: {off: true, reason: Leads have no value of their own.}
"""

_WEBSITE = """\
  # The website, read politely: robots.txt is obeyed, and nothing is ever changed
  - name: website
    platform: website
    account_id: {site}
    options: {{time_zone: {zone}}}
  # What searches bring to it, and what visitors do there. Without these two `seo` looks at the
  # pages alone. One service account can read both: add its address to the property in Search
  # Console and in Google Analytics, and put its key file's text into .env.
  # - name: search_console
  #   platform: search_console
  #   account_id: {site}     # the property's name there, or sc-domain:example.com
  #   secrets: {{service_account: {secret}}}
  # - name: analytics
  #   platform: google_analytics
  #   account_id: "123456789"     # the property's number
  #   secrets: {{service_account: {secret}}}
  #   options: {{site_url: {site}}}
"""

_SITE = """\
# Which pages matter whatever their traffic, which wake nobody, and whose they are.
# site:
#   important: [/, /products/*]
#   unimportant: [/archive/*]
#   owners: {/blog/*: marketing}
#   tags: [G-ABC123DEF4]     # what every page must carry
"""

_EXAMPLES = {"google_ads": "google_cut_budget", "meta_ads": "facebook_cut_budget"}

_CHANGES = """\
# How far changes may go. `mode` above is the most that anything may do: `observe` writes nothing
# and only says what it would change, `propose` writes what a person approved, `act` writes by
# itself inside the envelope below. One process can be held back further:
# modes: {{{process}: observe}}

# Limits that no change passes, whoever makes it. All have strict defaults, so that this section can
# be left out; money is in the brand's currency.
# guardrails:
#   values:
#     daily_budget: {{minimum: 10, maximum: 200, step_percent: 20}}
#   daily_budget_ceiling: 500     # of one account; without it the monthly budget / 30.4
#   actions_per_day: 20
#   hours: ["06:00", "20:00"]     # of the account
#   weekdays: [MON, TUE, WED, THU]
#   protected:
#     - {{label: "marketloop:protected"}}
#     - {{name: "*brand*", level: campaign}}

# Inside which `mode: act` changes things without asking; what lies outside is proposed.
# envelope:
#   fields: [status, daily_budget]
#   step_percent: 10
#   daily_amount: 20

# What is different from the process's playbooks. Switching one off needs a reason.
# playbooks:
#   {playbook}: {{off: true, reason: We plan budgets by the quarter.}}
"""


def _brand(answers: BrandAnswers) -> str:
    return f"""\
name: {quote(answers.name)}
currency: {quote(answers.currency)}     # ISO 4217; budgets and targets are in it
time_zone: {quote(answers.time_zone)}     # IANA
mode: observe     # never write to a platform; see the end of this file for propose and act

# Who is responsible. The first one gets every finding that names nobody else. To be told, put an
# Apprise URL (mailto://..., slack://...) into .env and name the variable here:
#   notify: [env:{answers.brand.upper()}_NOTIFY]
owners:
  marketing:
    name: {quote(answers.owner)}
"""


def _account(name: str, account: AccountAnswer, answers: BrandAnswers) -> str:
    way = account.way or account.platform
    lines = [
        f"  # {TITLES[account.platform]}{_WAYS[way]}",
        f"  - name: {name}",
        f"    platform: {account.platform}",
        *([f"    connector: {way}"] if way in ("file", "sql") else []),
        f"    account_id: {quote(account.account_id)}",
    ]
    if secrets := _secret_options(account):
        lines.append("    secrets:     # the values stand in .env, never here")
        lines += [f"      {key}: env:{_variable(answers, name, key)}" for key in secrets]
    return "\n".join(lines + _options(way, account, answers)) + "\n"


_WAYS = {
    "google_ads": ", read from the platform",
    "meta_ads": ", read from the platform",
    "file": ", read from exports (CSV, TSV, XLSX, Parquet)",
    "sql": ", read from a database that already has the figures",
}


def _options(way: str, account: AccountAnswer, answers: BrandAnswers) -> list[str]:
    if way == "google_ads":
        manager = account.manager_id
        if manager:
            return ["    options:", f"      login_customer_id: {quote(manager)}"]
        return ["    # options: {login_customer_id: ...}     # if access comes through a manager"]
    if way == "meta_ads":
        return ["    # options: {conversion_action: ...}     # which action counts as a conversion"]
    lines = [
        "    options:",
        f"      currency: {quote(answers.currency)}     # of the amounts",
        f"      time_zone: {quote(answers.time_zone)}     # whose days they are",
    ]
    if way == "file":
        return [
            *lines,
            f"      path: {quote(account.path)}     # a file, or a pattern such as exports/*.csv",
            f"      format: {EXPORTS[account.platform]}     # or a mapping of columns; see README",
        ]
    return [*lines, *_QUERY]


_QUERY = [
    "      query: >-",
    "        SELECT day, campaign_id, campaign_name, cost, impressions, clicks, conversions, value",
    "        FROM ads_daily WHERE day BETWEEN :start AND :end",
    "      format:     # our words to the query's columns",
    "        date: {column: day}",
    "        campaign: {id: campaign_id, name: campaign_name}",
    "        metrics:",
    "          spend: cost",
    "          impressions: impressions",
    "          clicks: clicks",
    "          conversions: conversions",
    "          conversions_value: value",
]


def _website(answers: BrandAnswers) -> str:
    secret = f"env:{answers.brand.upper()}_GOOGLE_SERVICE_ACCOUNT"
    return _WEBSITE.format(site=quote(answers.site), zone=quote(answers.time_zone), secret=secret)


def _schedules(processes: Sequence[str]) -> str:
    lines = [f'  {process}: {{cron: "0 7 * * *"}}' for process in processes]
    comment = "# When each process runs, in the brand's time zone: every day at 7:00."
    return "\n".join([comment, "schedules:", *lines, ""])


def _secret_options(account: AccountAnswer) -> tuple[str, ...]:
    return _SECRETS[account.way or account.platform]


def _variable(answers: BrandAnswers, name: str, option: str) -> str:
    return f"{answers.brand}_{name}_{option}".upper()


def _escaped(sign: str) -> str:
    if sign in '"\\':
        return "\\" + sign
    if sign.isprintable():
        return sign
    number = ord(sign)
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
