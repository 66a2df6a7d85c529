"""What the README says exists and works."""

import re
from io import StringIO
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from config.formula import parse_condition
from config.library import load
from config.models import Check
from config.sentence import check_template
from config.settings import HERE
from deployments.cli import main

ROOT = HERE.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", re.findall(r"\]\((?!http)([^)]+)\)", README))
def test_every_link_leads_somewhere(path):
    assert (ROOT / path).exists()


@pytest.mark.parametrize("command", sorted(set(re.findall(r"`?marketloop ([a-z]+)", README))))
def test_every_command_exists(command):
    assert command in main.commands


@pytest.mark.parametrize("target", sorted(set(re.findall(r"make ([a-z]+)(?: |`|$)", README, re.M))))
def test_every_target_exists(target):
    assert re.search(rf"^{target}:", MAKEFILE, re.M)


def test_the_example_check_can_be_used():
    (text,) = re.findall(r"```yaml\n(.*?)```", README, re.S)
    (entry,) = YAML(typ="safe").load(StringIO(text))
    check = Check(**entry)
    library = load(HERE, Path("nowhere"))
    for case in check.cases:
        parse_condition(case.when, library.metrics, library.kpis)
    check_template(check.sentence, {*library.metrics, *library.kpis})


def test_every_process_is_named():
    processes = load(HERE, Path("nowhere")).processes.values()
    text = " ".join(README.split())
    assert [one.title for one in processes if f"**{one.title}**" not in text] == []
