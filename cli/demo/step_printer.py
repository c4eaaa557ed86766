"""Output of the scenarios: one line a step with its duration, and the details under it."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from rich.console import Console
from rich.markup import escape


class StepFailed(Exception):
    """A step did not have the expected result."""


class StepPrinter:
    """Prints and counts steps."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._details: list[str] = []
        self.steps = 0

    def chapter(self, french: str, english: str) -> None:
        self._console.print(f"\n[bold]{escape(french)}[/]  [dim]{escape(english)}[/]")

    @contextmanager
    def step(self, french: str, english: str) -> Iterator[None]:
        """Print one step with its duration and details; a failure is printed and raised."""
        self._details = []
        started = perf_counter()
        try:
            yield
        except Exception:
            self._line("[red]✗[/]", french, english, perf_counter() - started)
            raise
        self.steps += 1
        self._line("[green]✓[/]", french, english, perf_counter() - started)

    def detail(self, text: str) -> None:
        """Add a line under the current step."""
        self._details.append(text)

    def check(self, condition: bool, failure: str) -> None:
        """Raise StepFailed unless `condition` holds."""
        if not condition:
            raise StepFailed(failure)

    def fail(self, text: str) -> None:
        """Print why the scenario ended."""
        self._console.print(f"[red]✗ {escape(text)}[/]")

    def _line(self, mark: str, french: str, english: str, seconds: float) -> None:
        self._console.print(f"{mark} {seconds * 1000:7.0f} ms  {escape(french)}  [dim]{escape(english)}[/]")
        for detail in self._details:
            self._console.print(f"               [cyan]{escape(detail)}[/]")
