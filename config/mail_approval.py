"""For what exactly does the approval of a sequence or campaign hold? For who gets what, and when.

Title, objective, owner, state and what becomes of people inside may change afterwards. Steps,
segments' rules and templates' bytes may not.
"""

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

from config.mail_sequences import Campaign, Sequence

DIGITS = 16
"""Hexadecimal signs of a digest: it guards against mistakes, not against forgers."""

FREE = {"title", "objective", "owner", "state", "approval", "changed"}
"""What may change without a new approval."""


def templates_of(plan: Sequence | Campaign) -> Iterator[str]:
    """Yield every template that people may get, each once."""
    yield from dict.fromkeys(_templates(plan))


def segments_of(plan: Sequence | Campaign) -> Iterator[str]:
    """Yield every segment that decides who gets something, each once."""
    if isinstance(plan, Campaign):
        names = (plan.segment, *plan.exclude)
    else:
        names = (plan.enters.segment, *plan.leaves.segments)
    yield from dict.fromkeys(name for name in names if name)


def approved_digest(
    plan: Sequence | Campaign, segments: Mapping[str, str], templates: Mapping[str, str]
) -> str:
    """Return the digest of what is approved. `segments` is name to the digest of its rule,
    `templates` name to the SHA-256 of its files' bytes; one that is not there counts as empty."""
    seen = {
        "plan": plan.model_dump(mode="json", exclude=FREE),
        "segments": {name: segments.get(name, "") for name in segments_of(plan)},
        "templates": {name: templates.get(name, "") for name in templates_of(plan)},
    }
    return digest_of(seen)


def steps_digest(sequence: Sequence) -> str:
    """Return the version of a sequence's steps: what people inside are at."""
    return digest_of([step.model_dump(mode="json") for step in sequence.steps])


def is_approved(
    plan: Sequence | Campaign, segments: Mapping[str, str], templates: Mapping[str, str]
) -> bool:
    """Tell whether somebody approved it just as it is now."""
    approval = plan.approval
    return approval is not None and approval.digest == approved_digest(plan, segments, templates)


def digest_of(value: Any) -> str:
    """Return the digest of plain data; the order of keys does not count."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return sha256(text.encode()).hexdigest()[:DIGITS]


def _templates(plan: Sequence | Campaign) -> Iterator[str]:
    if isinstance(plan, Campaign):
        arms = plan.test.arms.values() if plan.test else ()
        yield plan.template
        yield from (arm.template for arm in arms if arm.template)
        return
    for step in plan.steps:
        if step.message:
            yield step.message
        yield from (template for template in step.messages.values() if template)
