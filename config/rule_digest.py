"""Is this rule still the one that somebody has looked at? A digest of all that makes it decide.

That is the playbook itself, the checks and facts that it answers as they hold for the brand, and
the formulas of the KPIs that any of them names. Words, owners and the mode may change freely: they
change nothing of what would be done. Aims and limits (targets, budgets, guardrails, envelopes) are
the brand's, not the rule's.
"""

import json
import re
from collections.abc import Mapping
from hashlib import sha256

from config.inheritance import Checks
from config.models import Check, Fact, Kpi
from config.playbooks import Playbook

FREE = {"title", "owner", "risk", "advice", "mode"}
"""What may change in a playbook without making another rule of it."""

FREE_IN_CHECKS = {"owner", "sentence", "remedy"}
"""The same of a check or fact."""

_NAME = re.compile(r"[a-z][a-z0-9_]*")


def rule_digest(playbook: Playbook, checks: Checks, kpis: Mapping[str, Kpi]) -> str:
    """Return the SHA-256 (hexadecimal) of a rule. `checks` are the brand's, those that the playbook
    does not answer and those switched off left aside; the order of keys does not count."""
    both: list[Check | Fact] = [*checks.checks, *checks.facts]
    answered = {
        check.name: check.model_dump(mode="json", exclude=FREE_IN_CHECKS)
        for check in both
        if check.name in playbook.on
    }
    rule = {"playbook": playbook.model_dump(mode="json", exclude=FREE), "checks": answered}
    named = {*_NAME.findall(_canonical(rule))}
    formulas = {name: [kpi.formula, kpi.better] for name, kpi in kpis.items() if name in named}
    return sha256(_canonical({**rule, "kpis": formulas}).encode()).hexdigest()


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
