"""The directory of the first release goes on after the step that adds extracts."""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import command

from chassis.db import make_engine
from chassis.migrate import configuration
from contracts.identity.people import Contact
from contracts.vocabulary import Rpps
from services.identity.repositories.database import IdentityRepositories

STEPS = configuration("services.identity")


def test_who_was_listed_before_is_found_as_before(database: Callable[[str], str]) -> None:
    engine = make_engine(database("identity"), size=2)
    with engine.begin() as connection:
        connection.execute(sa.text("DROP SCHEMA public CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA public"))
    command.upgrade(STEPS, "0001")
    with engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO structures VALUES ('990000010', 'Maison')"))
        connection.execute(
            sa.text(
                "INSERT INTO professionals (rpps, title, family_name, given_names, profession, email)"
                " VALUES ('89990000013', 'Dr', 'RIVE', 'Ada', '10', 'ada@maison.example')"
            )
        )
        connection.execute(sa.text("INSERT INTO practices VALUES ('89990000013', '990000010')"))
    command.upgrade(STEPS, "head")
    with engine.begin() as connection:
        repositories = IdentityRepositories(connection)
        entry = repositories.find_professional(Rpps("89990000013"))
        assert entry is not None
        assert (entry.name, entry.structures) == ("Dr Ada RIVE", frozenset({"990000010"}))
        assert repositories.contact_of_professional(Rpps("89990000013")) == Contact(email="ada@maison.example")
    engine.dispose()
