"""Documents that are valid, and costly for a reader that repeats its work: samples with one more section."""

import base64

_PROBLEM = "1.3.6.1.4.1.19376.1.5.3.1.4.5"
_MEDIA = (
    "<entry><observationMedia classCode='OBS' moodCode='EVN' ID='{id}'>"
    "<value mediaType='image/png' representation='B64'>{data}</value></observationMedia></entry>"
)
_END = b"</structuredBody>"


def cited_narrative(document: bytes, entries: int, characters: int) -> bytes:
    """`entries` coded entries that name themselves by one narrative of that length."""
    cited = f"<content ID='heavy'>{'un mot ' * (characters // 7)}</content>"
    entry = (
        "<entry><observation classCode='OBS' moodCode='EVN'>"
        f"<templateId root='{_PROBLEM}'/><value xmlns:x='http://www.w3.org/2001/XMLSchema-instance' x:type='CD' "
        "code='J45' codeSystem='2.16.840.1.113883.6.3'><originalText><reference value='#heavy'/></originalText>"
        "</value></observation></entry>"
    )
    return _with_section(document, cited, entry * entries)


def media_references(document: bytes, references: int) -> bytes:
    """As many media as references to them, each to another."""
    names = [f"heavy{number}" for number in range(references)]
    return _with_section(
        document, "".join(map(_reference, names)), "".join(_MEDIA.format(id=name, data=_picture(3)) for name in names)
    )


def repeated_picture(document: bytes, references: int, size: int) -> bytes:
    """One picture of `size` bytes to which the narrative refers many times."""
    return _with_section(document, _reference("heavy") * references, _MEDIA.format(id="heavy", data=_picture(size)))


def multiplied_emphasis(document: bytes, depth: int, paragraphs: int) -> bytes:
    """Paragraphs within nested emphasis; a reader of HTML repeats all of it in each paragraph."""
    opened = "".join(f"<content styleCode='Bold' ID='heavy{number}'>" for number in range(depth))
    inner = f"{opened}{'<paragraph>x</paragraph>' * paragraphs}{'</content>' * depth}"
    return _with_section(document, f"<paragraph>{inner}</paragraph>", "")


def _reference(name: str) -> str:
    return f"<renderMultiMedia referencedObject='{name}'/>"


def _picture(size: int) -> str:
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(size)).decode()


def _with_section(document: bytes, narrative: str, entries: str) -> bytes:
    section = f"<component><section><title>Section</title><text>{narrative}</text>{entries}</section></component>"
    before, end, after = document.rpartition(_END)
    return before + section.encode() + end + after
