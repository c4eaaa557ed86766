"""Catalogues of texts, by Babel: `python -m deploy.dev.catalogues` updates them from the code and compiles them.

With the argument `compile`, as in set-up, it only compiles.
"""

import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from translations.catalogue import FOLDER, LANGUAGES, catalogue

_ROOT = FOLDER.parent
_PACKAGES = ("translations", "services", "gateway", "cli")
_TEMPLATES = {"pages": "gateway/oauth/templates", "portal": "gateway/portal/templates"}
_USES = re.compile(r"\bcatalogue\(\"(\w+)\"\)")
_KEYWORDS = {"_": None}


def sources() -> list[Path]:
    """The file of every domain in every language."""
    return [path for language in LANGUAGES for path in sorted(FOLDER.glob(f"{language}/LC_MESSAGES/*.po"))]


def read(path: Path) -> Catalog:
    """A catalogue, empty if there is none yet; the language is that of its folder."""
    language = path.parents[1].name
    if not path.exists():
        return Catalog(language, path.stem, f"# {language} texts of Carnet: {path.stem}.", "Carnet")
    with path.open("rb") as file:
        return read_po(file, language, path.stem)


def keys_in_code() -> dict[str, set[str]]:
    """Domain -> keys that code and templates use."""
    keys: dict[str, set[str]] = defaultdict(set)
    for path in _modules():
        for domain in set(_USES.findall(path.read_text())):
            keys[domain] |= _literals("python", path)
            import_module(".".join(path.relative_to(_ROOT).with_suffix("").parts))
            keys[domain] |= catalogue(domain).keys_of_codes
    for domain, folder in _TEMPLATES.items():
        for path in (_ROOT / folder).rglob("*.html"):
            keys[domain] |= _literals("jinja2", path)
    return {domain: found for domain, found in keys.items() if found}


def update() -> None:
    """Add keys that the code uses, without text, and comment out those that it does not."""
    for domain, keys in keys_in_code().items():
        template = Catalog()
        for key in keys:
            template.add(key)
        for language in LANGUAGES:
            path = FOLDER / language / "LC_MESSAGES" / f"{domain}.po"
            known = read(path)
            known.update(template, no_fuzzy_matching=True, update_creation_date=False)
            with path.open("wb") as file:
                write_po(file, known, sort_output=True)


def compile_catalogues() -> None:
    """Write the `.mo` of each catalogue; texts that are empty or fuzzy are left out."""
    for path in sources():
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, read(path))


def _modules() -> Iterator[Path]:
    for package in _PACKAGES:
        yield from sorted((_ROOT / package).rglob("*.py"))


def _literals(method: str, path: Path) -> set[str]:
    """Keys of the calls of `_`."""
    return {str(message) for _, message, _, _ in extract_from_file(method, path, _KEYWORDS)}


def main() -> None:
    if sys.argv[1:] != ["compile"]:
        update()
    compile_catalogues()


if __name__ == "__main__":
    main()
