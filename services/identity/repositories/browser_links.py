"""Links to the platform's own pages, each by the hash of its code."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, select, update

from chassis.repository import Repository
from contracts.vocabulary import PatientId, Rpps
from services.identity.browser_tables import login_links, record_links


class BrowserLinkRepository(Repository):
    """A link is deleted when it is used; each query repeats until when it lasts."""

    def put_record_link(
        self, code: bytes, holder: Rpps, patient_id: PatientId, until: datetime, *, most: int
    ) -> None:
        """Store a professional's link to a record; of theirs, those that end last stay, this one among them."""
        mine = record_links.c.holder == holder
        kept = select(record_links.c.link_id).where(mine).order_by(record_links.c.until.desc()).limit(most - 1)
        self.connection.execute(delete(record_links).where(mine, record_links.c.link_id.not_in(kept)))
        self.connection.execute(
            insert(record_links).values(link_id=uuid4(), code=code, holder=holder, record_id=patient_id, until=until)
        )

    def bind_record_link(self, code: bytes, browser: bytes, until: datetime, now: datetime) -> UUID | None:
        """Spend a code: its link belongs to a browser until then. Its id; None: there is no such link."""
        query = (
            update(record_links)
            .where(record_links.c.code == code, record_links.c.until > now)
            .values(code=None, browser=browser, until=until)
            .returning(record_links.c.link_id)
        )
        return self.connection.execute(query).scalar()

    def take_record_link(self, link_id: UUID, browser: bytes, holder: Rpps, now: datetime) -> PatientId | None:
        """The record of a link, for its professional in its browser; the link is spent."""
        query = (
            delete(record_links)
            .where(
                record_links.c.link_id == link_id,
                record_links.c.browser == browser,
                record_links.c.holder == holder,
                record_links.c.until > now,
            )
            .returning(record_links.c.record_id)
        )
        found = self.connection.execute(query).scalar()
        return None if found is None else PatientId(found)

    def put_login_link(self, code: bytes, session_id: UUID, until: datetime) -> None:
        """Store a link of a session, instead of those it has."""
        self.connection.execute(delete(login_links).where(login_links.c.session_id == session_id))
        self.connection.execute(insert(login_links).values(code=code, session_id=session_id, until=until))

    def take_login_link(self, code: bytes, now: datetime) -> UUID | None:
        """The session of a link, which is spent."""
        query = (
            delete(login_links)
            .where(login_links.c.code == code, login_links.c.until > now)
            .returning(login_links.c.session_id)
        )
        return self.connection.execute(query).scalar()

    def forget_browser_links(self, now: datetime) -> None:
        """Delete what has expired."""
        for table in (record_links, login_links):
            self.connection.execute(delete(table).where(table.c.until <= now))
