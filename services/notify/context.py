"""What notify's handlers are given: its notices, and the channels that reach people."""

from dataclasses import dataclass

from chassis.context import RequestContext
from chassis.settings import load
from services.notify.channels import Channels
from services.notify.repositories.notices import NoticeRepository
from services.notify.settings import NotifySettings


@dataclass(frozen=True, slots=True)
class NotifyTools:
    """Made once per process."""

    channels: Channels


def load_tools() -> NotifyTools:
    """The tools of this process, by its settings."""
    return NotifyTools(Channels(load(NotifySettings)))


class NotifyContext(RequestContext[NotifyTools]):
    """The `ctx` of notify's handlers."""

    @property
    def channels(self) -> Channels:
        """The providers of e-mail and text messages."""
        return self.tools.channels

    @property
    def notices(self) -> NoticeRepository:
        """Notices and their deliveries."""
        return NoticeRepository(self.connection)
