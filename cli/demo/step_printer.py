"""How the demo is told: one line a step with what came back and how long it took, and an exit code that is true."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from rich.console import Console
from rich.markup import escape


class StepFailed(Exception):
    """A step did not go as it must."""


class StepPrinter:
    """Prints the story and keeps count of it."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._facts: list[str] = []
        self.steps = 0

    def chapter(self, french: str, english: str) -> None:
        """A heading."""
        self._console.print(f"\n[bold]{escape(french)}[/]  [dim]{escape(english)}[/]")

    @contextmanager
    def step(self, french: str, english: str) -> Iterator[None]:
        """One step: its sentence, what `tell` said inside, its time; a failure is shown and ends the story."""
        self._facts = []
        started = perf_counter()
        try:
            yield
        except Exception:
            self._line("[red]✗[/]", french, english, perf_counter() - started)
            raise
        self.steps += 1
        self._line("[green]✓[/]", french, english, perf_counter() - started)

    def tell(self, fact: str) -> None:
        """What a step returned."""
        self._facts.append(fact)

    def check(self, is_so: bool, what: str) -> None:
        """A promise of the story; StepFailed when it is not kept."""
        if not is_so:
            raise StepFailed(what)

    def _line(self, mark: str, french: str, english: str, seconds: float) -> None:
        self._console.print(f"{mark} {seconds * 1000:7.0f} ms  {escape(french)}  [dim]{escape(english)}[/]")
        for fact in self._facts:
            self._console.print(f"               [cyan]{escape(fact)}[/]")
