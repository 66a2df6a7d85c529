"""How does a replay look in Prefect? As a Markdown artifact: totals per playbook, days, notes."""

from collections import Counter

from tasks.replay import Day, Replay, Tally
from tasks.report.escape import markdown as literal
from tasks.report.marks import section, sentence, table_of
from tasks.report.numbers import plural

TOTALS = ["Playbook", "Mode", "Findings", "Days fired", "Would wait", "Would be done"]


def render_replay(replay: Replay) -> str:
    """Write the whole replay; names from platforms are escaped."""
    head = (
        f"{literal(replay.brand)}, {literal(replay.process)}: {replay.first} to {replay.last}. "
        f"Runs on {plural(len(replay.days), 'day')}; something was known on {replay.known_days}."
    )
    totals = table_of(
        [*TOTALS, "Refused", "Mostly on"], "llrrrrll", map(_tally_row, replay.tallies)
    )
    fired = [day for day in replay.days if day.said]
    heads = ["Day", "Would wait", "Would be done", "Refused"]
    days = table_of(heads, "lrrr", map(_day_row, fired))
    notes = "\n".join(f"- {sentence(note)}" for note in replay.notes)
    past = section("What is not as it was", notes)
    parts = [head, totals, f"**{on_record(replay)}**", section("Per day", days), past]
    return "\n\n".join(part for part in parts if part)


def in_short(replay: Replay) -> str:
    """Say in a sentence what came of it."""
    waits = sum(tally.waits for tally in replay.tallies)
    done = sum(tally.done for tally in replay.tallies)
    refused = sum(sum(tally.refused.values()) for tally in replay.tallies)
    return (
        f"{replay.first} to {replay.last}, {replay.known_days} of {len(replay.days)} days known: "
        f"{waits:,} would wait for a person, {done:,} would be done, {refused:,} refused"
    )


def on_record(replay: Replay) -> str:
    """Say whether the replay counts as that of its rules, which new and changed ones wait for."""
    if replay.shortcoming:
        return f"Shown, but not on record for a new or changed rule: {replay.shortcoming}"
    return "On record: these rules, as they are now, no longer count as new or changed"


def _tally_row(tally: Tally) -> list[str]:
    reasons = ", ".join(f"{reason} {count:,}" for reason, count in tally.refused.items())
    entities = ", ".join(f"{literal(one.name)} {one.times:,}" for one in tally.most)
    counts = (tally.findings, tally.days_fired, tally.waits, tally.done)
    texts = [literal(tally.playbook), tally.mode, *(f"{count:,}" for count in counts)]
    return [*texts, literal(reasons) if reasons else "", entities]


def _day_row(day: Day) -> list[str]:
    fates = Counter(said.fate for said in day.said)
    return [str(day.day), f"{fates['waits']:,}", f"{fates['done']:,}", f"{fates['refused']:,}"]
