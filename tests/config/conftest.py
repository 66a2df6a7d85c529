"""A small configuration that is right, for tests to break in one place."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from config.library import Library, examine
from config.problems import Problem

FILES = {
    "metrics.yaml": """\
spend: {title: Spend, unit: money}
impressions: {title: Impressions, unit: count}
clicks: {title: Clicks, unit: count}
conversions: {title: Conversions, unit: count}
share: {title: Share, unit: percent, weight: impressions, sources: {google_ads: metrics.share}}
""",
    "kpis.yaml": """\
cpa: {title: CPA, formula: spend / conversions, unit: money, better: lower}
ctr: {title: CTR, formula: clicks / impressions, unit: percent, better: higher}
""",
    "checks/shared.yaml": """\
checks:
  - name: cpa_high
    level: campaign
    kpi: cpa
    window: last_7_days
    minimum: {clicks: 10}
    cases:
      - {when: cpa > 2 * target(cpa), verdict: critical}
      - {when: cpa > target(cpa), verdict: warning}
    sentence: "{name} costs {cpa}, not {target}"
facts:
  - name: page_down
    fact: landing_page_down
    verdict: critical
    sentence: "{url} of {name} is down"
""",
    "processes/google_ads.yaml": """\
title: Google Ads
objective: Be found
platforms: [google_ads]
workflow:
  - step: Optimise
    tasks:
      - {what: Look, who: Jane, by: every day, done_by: person}
pulls:
  - {level: campaign}
kpis: [spend, cpa]
libraries: [shared]
checks:
  - name: ctr_low
    level: campaign
    kpi: ctr
    window: yesterday
    cases:
      - {when: ctr < 0.01, verdict: warning}
    sentence: "{name}: {value}"
report:
  kpis: [spend, cpa]
  charts: [spend]
""",
    "brands/acme.yaml": """\
name: Acme
currency: EUR
time_zone: Europe/Berlin
owners:
  jane: {name: Jane, notify: [env:ACME_NOTIFY]}
  john: {name: John}
accounts:
  - name: main
    platform: google_ads
    account_id: "4445556666"
    secrets: {refresh_token: env:ACME_TOKEN}
    options: {login_customer_id: "111", base_url: "${ACME_URL}"}
goals:
  - name: grow
    kpi: conversions
    baseline: 100
    target: 200
    by: 2027-01-01
    owner: jane
    serves: Growth
targets:
  - {kpi: cpa, target: 20}
entity_targets:
  - csv: targets.csv
budgets:
  - {platform: google_ads, monthly: 1000}
schedules:
  google_ads: {cron: "0 7 * * *"}
checks:
  cpa_high: {minimum: {clicks: 5}}
""",
    "brands/targets.csv": """\
account,level,entity_id,kpi,target
main,campaign,801,cpa,12.5
""",
}

VARIABLES = {"ACME_NOTIFY": "x", "ACME_TOKEN": "x", "ACME_URL": "x"}


@dataclass
class Desk:
    """A folder of configuration files, as a person would have it before them."""

    folder: Path
    variables: dict[str, str] | None = field(default_factory=lambda: dict(VARIABLES))
    today: date | None = date(2026, 11, 2)

    def write(self, file: str, text: str) -> None:
        path = self.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def text(self, file: str) -> str:
        return (self.folder / file).read_text(encoding="utf-8")

    def replace(self, file: str, old: str, new: str) -> None:
        assert self.text(file).count(old) == 1, f"{old!r} must stand once in {file}"
        self.write(file, self.text(file).replace(old, new))

    def line(self, file: str, text: str) -> int:
        """Return the number of the only line that has this text."""
        numbers = [n for n, line in enumerate(self.text(file).splitlines(), 1) if text in line]
        assert len(numbers) == 1, f"{text!r} stands on lines {numbers}"
        return numbers[0]

    def examine(self) -> tuple[Library, list[Problem]]:
        return examine(
            self.folder, self.folder / "brands", variables=self.variables, today=self.today
        )

    def problems(self) -> list[Problem]:
        return self.examine()[1]

    def only(self) -> Problem:
        """Return the one problem that there must be."""
        problems = self.problems()
        assert len(problems) == 1, [str(problem) for problem in problems]
        return problems[0]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    it = Desk(tmp_path)
    for file, text in FILES.items():
        it.write(file, text)
    return it
