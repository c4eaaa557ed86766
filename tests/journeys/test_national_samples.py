"""The national sample documents are deposited, indexed correctly and returned unchanged; skipped where absent."""

import csv
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from cli.demo.folder_scenario import run_folder_scenario
from cli.demo.step_printer import StepPrinter
from client.people import DemoPeople

DATA = Path(__file__).parents[3] / "shared" / "data"


@pytest.mark.skipif(not (DATA / "cda").is_dir(), reason="the national samples are not beside this checkout")
def test_all_samples_are_accepted_and_returned_byte_for_byte(demo: DemoPeople) -> None:
    output = StringIO()
    printer = StepPrinter(Console(file=output, width=200))
    run_folder_scenario(printer, demo, DATA / "cda")
    with (DATA / "derived" / "cda_header_metadata.csv").open() as file:
        assert printer.steps == sum(1 for _ in csv.DictReader(file))
