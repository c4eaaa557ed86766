"""A page that a worker made, until it is sent: sealed, and beyond a frame in a temporary file, not in memory."""

from collections.abc import Iterable, Iterator
from tempfile import SpooledTemporaryFile
from uuid import UUID

from contracts.vocabulary import ContentId
from services.documents.rendering.files import PageHead
from services.documents.vault import FRAME_SIZE, TAG_SIZE, Frames, new_data_key

_NO_CONTENT = ContentId(UUID(int=0))
"""The key seals one page and is never stored, so that nothing else has to be told apart."""


class FinishedPage:
    """The head and the body of `size` bytes, which can be read once; `pieces`: of the body."""

    def __init__(self, head: PageHead, size: int, pieces: Iterable[bytes]) -> None:
        self.head = head
        self.size = size
        self._key = new_data_key()
        self._sizes: list[int] = []
        # Closed once it is read, or nobody refers to it.
        self._sealed = SpooledTemporaryFile(FRAME_SIZE)  # noqa: SIM115
        frames = Frames(self._key, _NO_CONTENT)
        for piece in pieces:
            self._sealed.write(frames.seal(piece, last=False))
            self._sizes.append(len(piece))

    def frames(self) -> Iterator[bytes]:
        """The body, piece by piece."""
        with self._sealed as sealed:
            sealed.seek(0)
            frames = Frames(self._key, _NO_CONTENT)
            for size in self._sizes:
                yield frames.open(sealed.read(size + TAG_SIZE), last=False)
