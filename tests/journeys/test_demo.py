"""The demo runs from opening to journal, and the logs contain no personal data."""

import re
from io import StringIO
from pathlib import Path

import msgspec
from rich.console import Console

from chassis.logs import ALLOWED
from cli.demo.main_scenario import run_main_scenario
from cli.demo.step_printer import StepPrinter
from client.people import DemoPeople
from deploy.dev.people import PATIENTS, PROFESSIONALS
from deploy.dev.stack import Stack

STEPS = 24
PERSONAL = (
    *(patient.family_name for patient in PATIENTS),
    *(patient.given_names.split()[0] for patient in PATIENTS),
    *(patient.email for patient in PATIENTS),
    *(professional.family_name for professional in PROFESSIONALS),
    "Synthèse médicale",
    "examens biologiques",
    "inconsciente",
)
INS = re.compile(r"\b[12]\d{2}(0[1-9]|1[0-2])\d{10}\b")
TOKEN = re.compile(r"eyJ[A-Za-z0-9_-]{20,}\.")


def test_the_demo_runs_all_its_steps(demo: DemoPeople) -> None:
    output = StringIO()
    printer = StepPrinter(Console(file=output, width=160))
    run_main_scenario(printer, demo)
    assert printer.steps >= STEPS, output.getvalue()


def test_no_log_contains_personal_data_or_tokens(platform: Stack, demo: DemoPeople) -> None:
    run_main_scenario(StepPrinter(Console(file=StringIO())), demo)
    for log in _platform_logs(platform):
        text = log.read_text(errors="replace")
        assert [word for word in PERSONAL if word in text] == [], log.name
        assert not INS.search(text), log.name
        assert not TOKEN.search(text), log.name


def test_every_log_line_has_only_allowed_keys(platform: Stack, demo: DemoPeople) -> None:
    demo.logged_in("gp")
    lines = [line for log in _platform_logs(platform) for line in log.read_text().splitlines() if line]
    assert lines
    for line in lines:
        assert set(msgspec.json.decode(line)) <= ALLOWED, line


def _platform_logs(platform: Stack) -> list[Path]:
    names = ("identity", "records", "documents", "consent", "notify", "audit", "gateway")
    return [platform.layout.log_of(name) for name in names]
