"""What the DNS says of a sending domain, asked of a real server on loopback."""

import base64

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from connectors.base import RejectedError
from connectors.sending_domain import DnsNames, SendingDomain, check_sending_domain

from .dns_server import FAILS, SILENT, DnsServer


def public(key) -> str:
    """Return a public key as DKIM publishes it."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    octets = key.public_key().public_bytes(serialization.Encoding.DER, form)
    return base64.b64encode(octets).decode()


KEYS = {bits: public(rsa.generate_private_key(65537, bits)) for bits in (1024, 2048)}
RAW = (serialization.Encoding.Raw, serialization.PublicFormat.Raw)
ED = base64.b64encode(ed25519.Ed25519PrivateKey.generate().public_key().public_bytes(*RAW)).decode()
SHORT = base64.b64encode(b"\0" * 94).decode()  # as long as a key of 512 bits

GOOD = {
    "acme.example TXT": ["v=spf1 include:_spf.mail.example -all", "something else"],
    "_spf.mail.example TXT": ["v=spf1 ip4:192.0.2.0/24 ~all"],
    "s1._domainkey.acme.example TXT": [f"v=DKIM1; k=rsa; p={KEYS[2048]}"],
    "_dmarc.acme.example TXT": ["v=DMARC1; p=quarantine; rua=mailto:dmarc@acme.example"],
    "acme.example MX": ["10 mx.acme.example."],
}


def check(changes=None, *, sender="Acme <news@acme.example>", selectors=("s1",), **more):
    """Return what a server with the good records and these changes says; None takes one out."""
    table = {key: value for key, value in (GOOD | (changes or {})).items() if value is not None}
    with DnsServer(table) as server:
        names = DnsNames(server.resolver(), seconds=0.3)
        return check_sending_domain(sender, selectors, names, **more)


def only(found: SendingDomain) -> str:
    (problem,) = found.problems
    return problem


def test_a_domain_that_has_all_of_it_has_no_problem():
    assert check() == SendingDomain("acme.example", "ok", "ok", "ok", "ok", ())


def test_a_domain_that_has_none_of_it_hears_what_to_publish():
    found = check(dict.fromkeys(GOOD))
    assert (found.spf, found.dkim, found.dmarc, found.mx) == ("missing",) * 4
    assert [word for word in ("v=spf1", "DKIM key", "v=DMARC1", "MX record")
            if not any(word in problem for problem in found.problems)] == []  # fmt: skip


@pytest.mark.parametrize("how", [SILENT, FAILS])
@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ("acme.example TXT", "spf"),
        ("_spf.mail.example TXT", "spf"),
        ("s1._domainkey.acme.example TXT", "dkim"),
        ("_dmarc.acme.example TXT", "dmarc"),
        ("acme.example MX", "mx"),
    ],
)
def test_what_is_not_answered_is_unknown_and_never_missing(asked, field, how):
    found = check({asked: how})
    states = {name: getattr(found, name) for name in ("spf", "dkim", "dmarc", "mx")}
    assert states == dict.fromkeys(states, "ok") | {field: "unknown"}
    assert "the DNS did not answer" in only(found)


# --- SPF -----------------------------------------------------------------------------------------


def includes(count: int) -> dict[str, list[str]]:
    chain = {f"i{n}.example TXT": ["v=spf1 ip4:192.0.2.1 -all"] for n in range(count)}
    record = " ".join(["v=spf1", *(f"include:i{n}.example" for n in range(count)), "-all"])
    return chain | {"acme.example TXT": [record]}


@pytest.mark.parametrize(
    ("changes", "state", "said"),
    [
        ({"acme.example TXT": ["v=spf1 -all", "v=spf1 a -all"]}, "wrong", "2 SPF records"),
        ({"acme.example TXT": ["v=spf1 +all"]}, "wrong", "whole world"),
        ({"acme.example TXT": ["v=spf1 all"]}, "wrong", "whole world"),
        ({"acme.example TXT": ["v=spf1 a ?all"]}, "weak", "refuses nobody"),
        ({"acme.example TXT": ["v=spf1 a mx"]}, "weak", "has no `all`"),
        ({"acme.example TXT": ["v=spf1 ptr -all"]}, "weak", "`ptr`"),
        ({"acme.example TXT": ["v=spf1 ip:192.0.2.1 -all"]}, "wrong", "no mechanism"),
        ({"acme.example TXT": ["v=spf1 include:gone.example -all"]}, "wrong", "no SPF record"),
        ({"acme.example TXT": ["v=spf1 include:acme.example -all"]}, "wrong", "includes itself"),
        ({"acme.example TXT": ["v=spf10 -all"]}, "missing", "no SPF record"),
        (includes(11), "wrong", "more than 10 look-ups"),
    ],
)
def test_a_weak_or_broken_spf_is_explained(changes, state, said):
    found = check(changes)
    assert found.spf == state
    assert said in only(found)


@pytest.mark.parametrize(
    "changes",
    [
        includes(10),
        {"acme.example TXT": ["v=spf1 redirect=_spf.mail.example"]},
        {"acme.example TXT": ["v=spf1 ip4:192.0.2.1 ip6:2001:db8::/32 a:x.example/24 mx ~all"]},
        {"acme.example TXT": ["V=SPF1 exists:%{i}.x.example include:%{d}.y.example -ALL"]},
        {"acme.example TXT": ["v=spf1 a exp=why.example unknown=x -all"]},
    ],
)
def test_a_sound_spf_is_no_problem(changes):
    assert check(changes).problems == ()


# --- DKIM, DMARC, servers ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("record", "state", "said"),
    [
        ("v=DKIM1; p=", "wrong", "revoked"),
        (f"v=DKIM1; p={KEYS[1024]}", "weak", "fewer than 2048"),
        (f"p={SHORT}", "wrong", "fewer than 1024"),
        (f"k=ed25519; p={ED}", "weak", "Ed25519"),
        (f"v=DKIM1; t=s:y; p={KEYS[2048]}", "weak", "a test"),
        (f"v=DKIM1; p={KEYS[2048][:100]}x", "wrong", "no key that can be read"),
        ("v=DKIM2; p=abc", "missing", "no DKIM key"),
    ],
    ids=["revoked", "1024 bits", "512 bits", "Ed25519", "a test", "cut", "another version"],
)
def test_a_weak_or_broken_dkim_key_is_explained(record, state, said):
    found = check({"s1._domainkey.acme.example TXT": [record]})
    assert found.dkim == state
    assert said in only(found)


def test_two_keys_under_one_selector_are_wrong():
    assert check({"s1._domainkey.acme.example TXT": ["p=a", "p=b"]}).dkim == "wrong"


def test_of_several_selectors_the_worst_counts():
    found = check(selectors=("s1", "s2"))
    assert (found.dkim, "s2._domainkey" in only(found)) == ("missing", True)


def test_without_a_selector_nothing_is_known_of_dkim():
    assert check(selectors=()).dkim == "unknown"


@pytest.mark.parametrize(
    ("record", "state", "said"),
    [
        ("v=DMARC1; p=none; rua=mailto:d@acme.example", "weak", "p=none"),
        ("v=DMARC1; p=reject; pct=50; rua=mailto:d@acme.example", "weak", "50 %"),
        ("v=DMARC1; rua=mailto:d@acme.example", "wrong", "no policy"),
        ("v=DMARC1; p=reject", "ok", "rua"),
    ],
)
def test_a_weak_or_broken_dmarc_is_explained(record, state, said):
    found = check({"_dmarc.acme.example TXT": [record]})
    assert found.dmarc == state
    assert said in only(found)


def test_two_dmarc_records_are_wrong():
    different = ["v=DMARC1; p=none", "v=DMARC1; p=reject"]
    assert check({"_dmarc.acme.example TXT": different}).dmarc == "wrong"


@pytest.mark.parametrize(("policy", "state"), [("p=reject; sp=none", "weak"), ("p=reject", "ok")])
def test_a_subdomain_has_the_policy_of_the_domain_above(policy, state):
    above = {
        "_dmarc.acme.example TXT": [f"v=DMARC1; {policy}; rua=mailto:d@acme.example"],
        "news.acme.example TXT": ["v=spf1 ip4:192.0.2.1 -all"],
        "news.acme.example MX": ["10 mx.acme.example."],
        "s1._domainkey.news.acme.example TXT": [f"p={KEYS[2048]}"],
    }
    assert check(above, sender="x@news.acme.example").dmarc == state


@pytest.mark.parametrize(
    ("changes", "state", "said"),
    [
        ({"acme.example MX": ["0 ."]}, "wrong", "null MX"),
        ({"acme.example MX": None, "acme.example A": ["192.0.2.1"]}, "weak", "no MX record"),
        ({"acme.example MX": None}, "missing", "bounces are lost"),
    ],
)
def test_a_domain_that_takes_no_mail_loses_bounces(changes, state, said):
    found = check(changes)
    assert found.mx == state
    assert said in only(found)


def test_bounces_to_another_domain_leave_dmarc_to_dkim():
    other = {
        "bounces.example TXT": ["v=spf1 ip4:192.0.2.1 -all"],
        "bounces.example MX": ["10 mx.bounces.example."],
    }
    assert "rests on DKIM alone;" in only(check(other, envelope="b@bounces.example"))
    more = check(other | {"s1._domainkey.acme.example TXT": None}, envelope="b@bounces.example")
    assert any("all mail fails DMARC" in problem for problem in more.problems)
    below = {key.replace("bounces.example", "b.acme.example"): row for key, row in other.items()}
    assert check(below, envelope="x@b.acme.example").problems == ()


def test_our_own_servers_address_leads_back_to_its_name():
    host = {"mail.acme.example A": ["192.0.2.7"]}
    right = host | {"7.2.0.192.in-addr.arpa PTR": ["mail.acme.example."]}
    other = host | {"7.2.0.192.in-addr.arpa PTR": ["host7.provider.example."]}
    unknown = host | {"7.2.0.192.in-addr.arpa PTR": SILENT}
    assert check(right, host="mail.acme.example").problems == ()
    assert "leads back to host7.provider" in only(check(other, host="mail.acme.example"))
    assert "leads back to no name" in only(check(host, host="mail.acme.example"))
    assert "did not answer" in only(check(unknown, host="mail.acme.example"))
    assert "has no address" in only(check(host="mail2.acme.example"))


def test_the_same_question_is_asked_once():
    with DnsServer(GOOD) as server:
        names = DnsNames(server.resolver(), seconds=0.3)
        for _ in range(2):
            check_sending_domain("news@acme.example", ("s1",), names)
    assert len(server.asked) == len(set(server.asked))


@pytest.mark.parametrize("sender", ["", "Acme", "news@", "x@" + "ü" * 80])
def test_a_sender_without_a_domain_is_refused(sender):
    with pytest.raises(RejectedError, match="names no domain"):
        check(sender=sender)


@pytest.mark.parametrize(
    "record", ["", "=", ";;;", "p", "v=DKIM1;;p", "\udcff", "v=spf1", "a" * 3000]
)
def test_records_that_make_no_sense_raise_nothing(record):
    text = record.encode("utf-8", "replace").decode()
    found = check({key: [text] for key in GOOD if key.endswith("TXT")})
    assert found.dmarc != "ok"
