"""What phones and cameras write behind the end of a JPEG, recognised by its structure (as ExifTool documents it)."""

import re

_PADDING = re.compile(rb"(?:[\x00\t\n\r \x1a\xd9]+|\xff+(?!\xd8\xff))*")
"""Also a second end."""
_MPF = b"MPF\x00"
_XMP = (b"http://ns.adobe.com/xap/1.0/\x00", b"http://ns.adobe.com/xmp/extension/\x00")
_XMP_PICTURES = re.compile(rb":Semantic\b|hdrgm:Version")
_BOXES = frozenset(b"ftyp styp moov moof mdat mfra free skip wide pnot udta uuid meta sidx emsg prft mpvd".split())
_LONG = b"\0\0\0\1"
_SAMSUNG_BLOCK = re.compile(rb"\x00\x00..[\x01-\x40]\x00\x00\x00[\x20-\x7e]+", re.DOTALL)
"""Two zeros, a type, the length of a name, and the beginning of the name."""
_ENTRY_SIZE = 12
_OTHER_DOCUMENT = re.compile(
    rb"%PDF-\d|PK\x03\x04[\x0a\x14\x2d\x33]\x00|\x7fELF[\x01\x02][\x01\x02]\x01|program cannot be run in DOS mode"
    rb"|<(?:(?:[hH][tT][mM][lL]|[sS][cC][rR][iI][pP][tT])[\s/>]|![dD][oO][cC][tT][yY][pP][eE]\s|\?php)"
    rb"|Rar!\x1a\x07|7z\xbc\xaf\x27\x1c|\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
)
"""Long enough not to occur in a film by chance."""
LONGEST_BEGINNING = 40
"""In bytes, of what `holds_other_document` searches."""


def end_of_padding(window: bytes, start: int) -> int:
    """Where NULs, 0xFF and white space end that begin at `start`."""
    found = _PADDING.match(window, start)
    return found.end() if found else start


def announces_pictures(segment: bytes) -> bool:
    """Whether a segment says that further pictures follow, such as previews, depth or a gain map."""
    return segment.startswith(_MPF) or (segment.startswith(_XMP) and _XMP_PICTURES.search(segment) is not None)


def size_of_box_head(window: bytes, start: int) -> int:
    """The bytes that `size_of_box` needs: 16 where the size is a long one, else 8."""
    return 16 if window[start : start + 4] == _LONG else 8


def size_of_box(window: bytes, start: int) -> int | None:
    """The size of the box of a film (ISO/IEC 14496-12, 4.2) at `start`; 0: to the end of the file.

    None: no box begins there.
    """
    size, kind = int.from_bytes(window[start : start + 4], "big"), window[start + 4 : start + 8]
    if kind not in _BOXES:
        return None
    if window.startswith(_LONG, start):
        size = int.from_bytes(window[start + 8 : start + 16], "big")
        return size if size >= 16 else None
    return size if size == 0 or size >= 8 else None


def begins_samsung_block(window: bytes, first: int, last: int) -> bool:
    """Whether a block begins at one of these places; its first bytes are those of padding too."""
    found = _SAMSUNG_BLOCK.search(window, max(first, last - 4))
    return found is not None and found.start() <= last


def ends_samsung_blocks(tail: bytes) -> bool:
    """Whether a file ends in the directory of such blocks: SEFH, version, number, entries, its size, SEFT."""
    tail = tail.rstrip(b"\x00\xff\t\n\r ")
    size = int.from_bytes(tail[-8:-4], "little")
    directory = tail[-8 - size : -8]
    count = int.from_bytes(directory[8:12], "little")
    return (
        tail.endswith(b"SEFT")
        and directory.startswith(b"SEFH")
        and len(directory) == size == _ENTRY_SIZE * (count + 1)
        and count > 0
    )


def holds_other_document(behind: bytes) -> bool:
    """Whether a page, PDF, archive or program begins in these bytes, within whatever structure."""
    return _OTHER_DOCUMENT.search(behind) is not None
