"""The list of the commands of `carnet`."""

import typer

from cli import stack

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Carnet, dossier médical partagé.")
app.command()(stack.up)
app.command()(stack.down)
app.command()(stack.status)
