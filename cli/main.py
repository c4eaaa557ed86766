"""Command tree of `carnet`."""

import typer

from cli import (
    accounts,
    agents,
    apps,
    backup,
    cards,
    dead_letters,
    directory,
    documents,
    journal,
    keys,
    letters,
    matrix,
    professionals,
    sections,
    sessions,
    software,
    stack,
    token,
)
from cli.demo.command import demo

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Carnet, dossier médical partagé.")
app.command()(stack.up)
app.command()(stack.down)
app.command()(stack.status)
app.command()(demo)
app.command()(backup.backup)
app.add_typer(backup.restore, name="restore")
app.command()(token.token)
app.command()(agents.agent)
app.command()(letters.letters)
app.add_typer(apps.app, name="app")
app.add_typer(cards.app, name="card")
app.add_typer(directory.app, name="directory")
app.add_typer(documents.app, name="documents")
app.add_typer(dead_letters.app, name="dead-letters")
app.add_typer(dead_letters.app, name="parked", hidden=True)
app.add_typer(journal.app, name="journal")
app.add_typer(keys.app, name="keys")
app.add_typer(matrix.app, name="matrix")
app.add_typer(professionals.app, name="professional")
app.add_typer(sections.app, name="sections")
app.add_typer(sessions.app, name="session")
app.add_typer(software.app, name="software")
app.add_typer(accounts.app, name="account")
