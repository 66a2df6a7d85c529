"""How do changes look in Prefect? The sections of the Markdown artifact that speak of them."""

from collections.abc import Iterable, Sequence

from tasks.report import change_words as words
from tasks.report.change_model import Changes, Choice, Entry, Refused
from tasks.report.escape import markdown as literal
from tasks.report.marks import MARKS, link, section, sentence, table_of
from tasks.report.numbers import day
from tasks.rules import ActingRule


def stopped(changes: Changes) -> str:
    """Say loudly that nothing is written."""
    lines = (
        f"- **{sentence(stop.scope)}** since {words.moment(stop.since)}, by {literal(stop.who)}: "
        f"{sentence(stop.why)} · `{stop.command}`"
        for stop in changes.stopped
    )
    return section(f"{MARKS['critical']} {words.STOPPED}", "\n".join(lines))


def waiting_changes(changes: Changes) -> str:
    """Show what somebody has to decide on, the first ones in full."""
    blocks = [_choice(choice) for choice in changes.waiting]
    heads = ["Further changes", "Expected change", "Until", "Owner", "Decide"]
    blocks.append(table_of(heads, "lllll", map(_further_row, changes.further.entries)))
    blocks.append(_note(words.left(changes.further.left)))
    if changes.waiting:
        blocks.append(words.RANGES)
    return section(words.WAITING, _joined(blocks))


def tasks_for_people(changes: Changes) -> str:
    """Show advice that a person carries out."""
    blocks = [*map(_task, changes.tasks.entries), _note(words.left(changes.tasks.left, "task"))]
    return section(words.TASKS, _joined(blocks))


def recent_changes(changes: Changes) -> str:
    """Show what was decided and done lately."""
    rows = (
        [
            f"{MARKS[words.sign(entry)]} {words.state(entry)}",
            f"{sentence(entry.what)} ({entry.number})",
            _said(words.why_so(entry)),
            words.when(entry),
            literal(entry.account) if entry.account else "",
        ]
        for entry in changes.recent.entries
    )
    done = table_of(["State", "Change", "Why, and by whom", "When", "Account"], "lllll", rows)
    blocks = [done, _note(words.left(changes.recent.left)), words.UNDO if done else ""]
    return section(words.since(changes), _joined(blocks))


def earlier_changes(changes: Changes) -> str:
    """Show how changes turned out, and how often those of each playbook won."""
    if not changes.outcomes.entries:
        return ""
    rates = (
        [
            sentence(record.playbook),
            words.win_rate(record),
            f"{record.judged:,}",
            f"{record.improved:,}",
            f"{record.worse:,}",
            f"{record.inconclusive:,}",
        ]
        for record in changes.records
    )
    heads = ["Playbook", "Improved (range)", "Judged", "Improved", "Worse", "Inconclusive"]
    blocks = [
        words.MEASURED,
        table_of(heads, "lrrrrr", rates),
        table_of(words.OUTCOME_HEADS, "lllll", map(_outcome_row, changes.outcomes.entries)),
        _note(words.left(changes.outcomes.left, "judged change")),
    ]
    return section(words.OUTCOMES, _joined(blocks))


def acting_rules(rules: Iterable[ActingRule]) -> str:
    """Show which rules act without asking, what their replays said, and which are new or changed:
    those ask."""
    rows = (
        [sentence(rule.title), sentence(words.rule_state(rule)), *words.rule_numbers(rule)]
        for rule in rules
    )
    return section(words.RULES, table_of([*words.RULE_HEADS], "llrrr", rows))


def refused_changes(changes: Changes) -> str:
    """Show what was refused and why, and what only would have been proposed."""
    seen = table_of(
        ["Change", "Why", "Expected change"],
        "lll",
        (
            [sentence(entry.what), _said(entry.why), sentence(words.expected(entry))]
            for entry in changes.observed.entries
        ),
    )
    blocks = [_joined([words.NOT_ASKED, seen, _note(words.left(changes.observed.left))])]
    refused = table_of(["Why", "Changes", "For example"], "lrl", map(_refused_row, changes.refused))
    observed = section(words.OBSERVED, _joined(blocks) if seen else "")
    return _joined([observed, section(words.refused(changes), refused)])


def _choice(choice: Choice) -> str:
    first = choice.parts[0]
    about = [sentence(fact) for fact in words.about(choice)]
    if not words.several(choice):
        about.append(_decide(first))
    blocks = [
        f"**{_marked(first, words.heading(choice))}**",
        *map(sentence, words.shared_why(choice)),
        _parts(choice) if words.several(choice) else "",
        "\n".join(f"- {head}: {sentence(text)}" for head, text in words.facts(choice)),
        " · ".join(about),
    ]
    return _joined(blocks)


def _parts(choice: Choice) -> str:
    """Write a table of what each change has of its own."""
    columns = {
        "Change": [sentence(part.what) for part in choice.parts],
        "Why": [_said(part.why) for part in choice.parts],
        "Expected change": [sentence(words.expected(part)) for part in choice.parts],
        "Undo": [sentence(words.undo(part)) for part in choice.parts],
        "Decide": [_part_decision(part) for part in choice.parts],
    }
    if words.shared_why(choice):
        del columns["Why"]
    if words.shared_undo(choice):
        del columns["Undo"]
    return table_of([*columns], "l" * len(columns), zip(*columns.values(), strict=True))


def _part_decision(entry: Entry) -> str:
    another = words.needs_another(entry)
    return f"{_decide(entry)} {sentence(another)}" if another else _decide(entry)


def _task(entry: Entry) -> str:
    """Write a task with everything that it rests on, which may be a list to work through."""
    about = [f"owner {literal(entry.owner)}"] if entry.owner else []
    about += [f"until {words.moment(entry.until)}", _decide(entry, "Take on")]
    evidence = "\n".join(f"- {sentence(more)}" for more in entry.evidence)
    title = f"**{_marked(entry, entry.what)}**"
    return _joined([title, _said(entry.why), evidence, " · ".join(about)])


def _marked(entry: Entry, text: str) -> str:
    """Put the mark of a bad finding in front of what answers it."""
    mark = f"{MARKS[entry.verdict]} " if entry.verdict in ("critical", "warning") else ""
    return mark + sentence(text)


def _further_row(entry: Entry) -> Sequence[str]:
    return [
        _marked(entry, entry.what),
        sentence(words.expected(entry)),
        words.moment(entry.until),
        literal(entry.owner) if entry.owner else "",
        _decide(entry),
    ]


def _outcome_row(entry: Entry) -> Sequence[str]:
    return [
        f"{MARKS[words.turned_out(entry.judged)]} {entry.judged}",
        f"{sentence(entry.what)} ({entry.number})",
        _with_note(words.measured(entry), words.note(entry)),
        sentence(words.expected(entry)),
        day(entry.applied_at.date()) if entry.applied_at else "",
    ]


def _refused_row(group: Refused) -> Sequence[str]:
    told = (_with_note(what, why) for what, why in words.examples(group.examples))
    return [sentence(group.reason), f"{group.count:,}", " · ".join(told)]


def _decide(entry: Entry, text: str = "Decide") -> str:
    """Link to the form; where there is none, the command to type."""
    return (
        link(f"{text} ({entry.number})", entry.link) if entry.link else f"`{words.command(entry)}`"
    )


def _said(text: str) -> str:
    return sentence(text) if text else ""


def _with_note(text: str, note: str) -> str:
    return f"{sentence(text)}; {sentence(note)}" if note else sentence(text)


def _note(text: str) -> str:
    return f"{text}." if text else ""


def _joined(blocks: Iterable[str]) -> str:
    return "\n\n".join(filter(None, blocks))
