"""Style sheets, scripts and pages that a package keeps in files, and their hash for a Content-Security-Policy."""

from base64 import b64encode
from hashlib import sha256
from importlib.resources import files


def read_text(package: str, path: str) -> str:
    """The text of a file, by its path within the package."""
    return files(package).joinpath(path).read_text(encoding="utf-8")


def read_style(package: str, path: str) -> str:
    """A style sheet of whole rules a line, without its line breaks."""
    return read_text(package, path).replace("\n", "")


def csp_hash(text: str) -> str:
    """The source expression that admits this inline style sheet or script, quoted."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
