"""Files as scanners, phones, printers and laboratories write them, made from their parts."""

import io
import struct

from fpdf import FPDF
from fpdf.enums import EncryptionMethod
from PIL import Image


def picture(kind: str, **options: object) -> bytes:
    """A picture of 8 by 8; `options` are Pillow's."""
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, kind, **options)
    return file.getvalue()


def pictures(kind: str, **options: object) -> bytes:
    """Two pictures in one file."""
    return picture(kind, save_all=True, append_images=[Image.new("RGB", (8, 8), "red")], **options)


def announcing(jpeg: bytes, xmp: str) -> bytes:
    """The picture with a packet of XMP."""
    packet = b"http://ns.adobe.com/xap/1.0/\0" + xmp.encode()
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(packet) + 2) + packet + jpeg[2:]


def box(kind: bytes, content: bytes = b"") -> bytes:
    """A box of a film."""
    return struct.pack(">I", len(content) + 8) + kind + content


FILM = box(b"ftyp", b"mp42\0\0\0\0isommp42") + box(b"mdat", bytes(range(256)) * 200) + box(b"moov", box(b"mvhd"))
MOTION_PHOTO = '<rdf:Description GCamera:MotionPhoto="1" GCamera:MotionPhotoVersion="1"/>'
GAIN_MAP = '<rdf:Description hdrgm:Version="1.0"/><rdf:li Item:Semantic="GainMap" Item:Mime="image/jpeg"/>'


def samsung(*blocks: tuple[int, bytes, bytes]) -> bytes:
    """Blocks of type, name and content, and the directory behind them."""
    written = [struct.pack("<HHI", 0, kind, len(name)) + name + content for kind, name, content in blocks]
    entries = b""
    for number, (kind, _, _) in enumerate(blocks):
        entries += struct.pack("<HHII", 0, kind, sum(map(len, written[number:])), len(written[number]))
    directory = b"SEFH" + struct.pack("<II", 107, len(blocks)) + entries
    return b"".join(written) + directory + struct.pack("<I", len(directory)) + b"SEFT"


def chunk(kind: bytes, content: bytes = b"") -> bytes:
    """A chunk of a PNG, its checksum not computed."""
    return struct.pack(">I", len(content)) + kind + content + bytes(4)


def encrypted_pdf(method: EncryptionMethod, *, user_password: str = "") -> bytes:
    """A PDF with an owner's password, and maybe one to open it."""
    pdf = FPDF()
    pdf.set_encryption(owner_password="owner", user_password=user_password or None, encryption_method=method)
    pdf.add_page()
    pdf.set_font("Helvetica", size=12)
    pdf.cell(text="Hemoglobine 13,2 g/dL")
    return bytes(pdf.output())
