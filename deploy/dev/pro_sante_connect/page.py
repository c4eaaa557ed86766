"""The page on which one chooses the test professional who logs in."""

from collections.abc import Iterable
from html import escape

from chassis.static import read_style, read_text
from deploy.dev.people import Professional

_STYLE = read_style("deploy.dev.pro_sante_connect", "static/page.css")
_PAGE = read_text("deploy.dev.pro_sante_connect", "templates/page.html")
_PERSON = read_text("deploy.dev.pro_sante_connect", "templates/person.html")


def render(people: Iterable[tuple[Professional, str]], query: str) -> str:
    """A button for each professional, with the name of their structure."""
    buttons = "".join(
        _PERSON.format(
            value=escape(person.name),
            name=escape(f"{person.title} {person.given_names} {person.family_name}".strip()),
            structure=escape(structure),
            rpps=person.rpps,
        )
        for person, structure in people
    )
    return _PAGE.format(style=_STYLE, action=f"/authorize?{escape(query)}", people=buttons)
