"""How does a report in Markdown tell of mail to customers? Every text is escaped here."""

from collections.abc import Iterable, Sequence

from tasks.report import customer_words
from tasks.report import mail_words as words
from tasks.report.escape import markdown as literal
from tasks.report.mail_model import (
    CustomerList,
    DomainState,
    Inside,
    Mail,
    ProviderRow,
    Reached,
    SegmentRow,
    Sending,
    Sent,
    SourceRow,
    StageRow,
    TestRow,
    Trouble,
)
from tasks.report.marks import MARKS, section, sentence, table_of


def customers(mail: Mail | None) -> str:
    """Tell who the customers are: counts, stages, segments."""
    if mail is None or mail.customers is None:
        return ""
    its = mail.customers
    if not its.counts.known:
        return section(customer_words.CUSTOMERS, customer_words.NOBODY)
    facts = [
        f"- {what}: **{value}** ({beside})" for what, value, beside in customer_words.counts(its)
    ]
    stages = table_of(
        customer_words.STAGE_HEADS, "lrrrrr", (_stage(row, its) for row in its.stages)
    )
    segments = table_of(customer_words.SEGMENT_HEADS, "lrrrrr", map(_segment, its.segments))
    shared = table_of(
        customer_words.SHARED_HEADS,
        "llr",
        ([literal(it.one), literal(it.other), customer_words.shared(it)] for it in its.shared),
    )
    blocks = [
        "\n".join(facts).replace(" ()", ""),
        stages or customer_words.NO_STAGES,
        customer_words.moves(its),
        sentence(customer_words.no_model(its)),
        segments,
        shared,
        customer_words.shared_left(its),
    ]
    return section(customer_words.CUSTOMERS, "\n\n".join(filter(None, blocks)))


def what_was_sent(mail: Mail | None) -> str:
    """Tell what went out by ourselves, and what did not."""
    if mail is None or mail.sending is None:
        return ""
    sent = mail.sending.sent
    lines = [_trouble(row) for row in sent.troubles]
    if left := words.troubles_left(sent):
        lines.append(f"- {left}")
    blocks = ["\n".join(lines), *_sources(sent)]
    inside = table_of(words.INSIDE_HEADS, "lrlrl", map(_inside, sent.inside))
    blocks += [inside, *(block for row in sent.tests for block in _test(row))]
    return section(words.SENT, "\n\n".join(filter(None, blocks)))


def providers(mail: Mail | None) -> str:
    """Tell what each provider of mailboxes did with the messages."""
    if mail is None or mail.sending is None:
        return ""
    heads = ["Provider", *words.heads(words.PROVIDER_FIGURES)]
    rows = map(_provider, mail.sending.providers)
    return section(words.PROVIDERS, table_of(heads, "l" + "r" * (len(heads) - 1), rows))


def sending_domain(mail: Mail | None) -> str:
    """Tell how the domain that sends stands in the DNS."""
    if mail is None or mail.sending is None:
        return ""
    return section(words.DOMAIN, _domain(mail.sending, mail.sending.domain))


def _stage(row: StageRow, its: CustomerList) -> Sequence[str]:
    each = customer_words.expected_each(row, its.currency)
    expected = customer_words.expected(row, its.currency) + (f" ({each})" if each else "")
    return [customer_words.stage(row.stage), *_size(row), expected]


def _segment(row: SegmentRow) -> Sequence[str]:
    return [literal(row.title), *_size(row), f"{row.unknown:,}"]


def _size(row: StageRow | SegmentRow) -> Iterable[str]:
    size = row.size
    grown = customer_words.grown(size)
    yield f"**{size.now:,}**{f', {grown}' if grown else ''}"
    yield customer_words.before(size)
    yield customer_words.moved(size.entered)
    yield customer_words.moved(size.left)


def _trouble(row: Trouble) -> str:
    sign = MARKS[words.trouble_sign(row)]
    return f"- {sign} **{literal(row.source)}** {sentence(words.trouble(row))}"


def _sources(sent: Sent) -> Iterable[str]:
    for one, rows in words.source_tables(sent):
        heads = [one, *words.heads(words.FIGURES), words.REVENUE_HEAD]
        lines = (line for row in rows for line in _source(row, sent.currency))
        yield f"{words.sent_caption(sent, one)}."
        yield table_of(heads, "l" + "r" * (len(heads) - 1), lines)
    yield words.sent_lacks(sent)
    yield words.sent_left(sent)
    yield words.SHARES if words.source_tables(sent) else ""


def _source(row: SourceRow, currency: str) -> Iterable[Sequence[str]]:
    name = f"**{literal(row.title)}** ({sentence(words.state(row))})"
    yield [name, *_figures(row.reached, words.FIGURES), _revenue(row.reached, currency)]
    for part in row.messages:
        template = f" ({literal(part.template)})" if part.template else ""
        figures = _figures(part.reached, words.FIGURES)
        yield [f"↳ {literal(part.name)}{template}", *figures, _revenue(part.reached, currency)]


def _figures(reached: Reached, names: Iterable[str]) -> list[str]:
    cells = []
    for name in names:
        share = words.share(reached, name)
        cells.append(words.count(reached, name) + (f" ({share})" if share else ""))
    return cells


def _revenue(reached: Reached, currency: str) -> str:
    whole = words.revenue(reached, currency)
    return words.revenue_each(reached, currency) + (f" ({whole})" if whole else "")


def _inside(row: Inside) -> Sequence[str]:
    name = f"**{literal(row.title)}** ({sentence(words.state(row))})"
    return [
        name,
        f"{row.people:,}",
        sentence(words.steps(row)),
        f"{row.finished:,}",
        sentence(words.left(row)),
    ]


def _test(row: TestRow) -> Iterable[str]:
    yield f"**{literal(row.title)}** {sentence(words.test_end(row))}"
    heads = [*words.TEST_HEADS, words.test_head(row)]
    cells = []
    for arm in row.arms:
        share = words.test_share(arm)
        name = f"**{literal(arm.name)}**" if arm.won else literal(arm.name)
        cells.append([name, f"{arm.sent:,}", f"{arm.successes:,}{f' ({share})' if share else ''}"])
    yield table_of(heads, "lrr", cells)


def _provider(row: ProviderRow) -> Sequence[str]:
    return [literal(words.provider(row.name)), *_figures(row.reached, words.PROVIDER_FIGURES)]


def _domain(sending: Sending, domain: DomainState | None) -> str:
    if domain is None:
        return words.not_looked(sending)
    records = [
        f"- {MARKS[words.record_sign(state)]} {name}: {words.record(state)}"
        for name, state in domain.records
    ]
    problems = [f"- {sentence(it)}" for it in domain.problems]
    blocks = [f"{sentence(words.looked(domain))}", "\n".join(records), "\n".join(problems)]
    return "\n\n".join(filter(None, blocks))
