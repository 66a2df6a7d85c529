"""What shall receivers do with mail that only pretends to be ours? DMARC (RFC 7489).

Where a domain has no record that of the domain above counts. Which one that is, is asked step by
step upwards, as DMARC's successor does, without a list of public suffixes.
"""

from connectors.sending_domain.facts import Finding, Names, State, tags

POLICIES = ("none", "quarantine", "reject")


def check_dmarc(domain: str, names: Names) -> Finding:
    """Return what a domain's policy is worth. Raises `UnansweredError`."""
    labels = domain.split(".")
    for at in range(max(1, len(labels) - 1)):
        where = ".".join(labels[at:])
        found = names.ask(f"_dmarc.{where}", "TXT")
        records = [text for text in found if text.strip().lower().startswith("v=dmarc1")]
        if len(records) > 1:
            return Finding("wrong", (
                f"_dmarc.{where} has {len(records)} records, so receivers use none: leave one",
            ))  # fmt: skip
        if records:
            return _judged(f"_dmarc.{where}", tags(records[0]), inherited=at > 0)
    return Finding("missing", (
        f"{domain} has no DMARC record: publish TXT _dmarc.{domain} `v=DMARC1; p=none; "
        f"rua=mailto:...`, read the reports, then say p=quarantine",
    ))  # fmt: skip


def _judged(name: str, record: dict[str, str], *, inherited: bool) -> Finding:
    policy = record.get("p", "").lower()
    if inherited:
        policy = record.get("sp", policy).lower()
    if policy not in POLICIES:
        return Finding("wrong", (f"{name} has no policy: say p=none, p=quarantine or p=reject",))
    state: State = "ok"
    problems = []
    if policy == "none":
        state = "weak"
        problems.append(
            f"{name} says p=none, so whoever pretends to be you is believed: once its reports are "
            "clean, say p=quarantine"
        )
    if record.get("pct", "100") != "100":
        state = "weak"
        problems.append(f"{name} holds for {record['pct']} % of mail only: leave pct out")
    if "rua" not in record:
        problems.append(f"{name} names nobody to report to: add rua=mailto:... of a mailbox")
    return Finding(state, tuple(problems))
