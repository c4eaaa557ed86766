"""What notify's handlers are given: its notices, and the channels that reach people."""

from dataclasses import dataclass
from datetime import timedelta

from chassis.context import RequestContext
from chassis.settings import load
from services.notify.channels import Channels
from services.notify.repositories.notices import NoticeRepository
from services.notify.repositories.seen import SeenRepository
from services.notify.settings import NotifySettings


@dataclass(frozen=True, slots=True)
class NotifyTools:
    """Made once per process."""

    settings: NotifySettings
    channels: Channels


def load_tools() -> NotifyTools:
    """The tools of this process, by its settings."""
    settings = load(NotifySettings)
    return NotifyTools(settings, Channels(settings))


class NotifyContext(RequestContext[NotifyTools]):
    """The `ctx` of notify's handlers."""

    @property
    def channels(self) -> Channels:
        """The providers of e-mail and text messages."""
        return self.tools.channels

    @property
    def digest_window(self) -> timedelta:
        """How long further notices of one kind wait after a message, to go out as one."""
        return timedelta(seconds=self.tools.settings.digest_seconds)

    @property
    def notices(self) -> NoticeRepository:
        """Notices and their deliveries."""
        return NoticeRepository(self.connection)

    @property
    def seen(self) -> SeenRepository:
        """How far each reader has read."""
        return SeenRepository(self.connection)
