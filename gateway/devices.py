"""What a browser says it is, reduced to what its owner recognises: no version, no fingerprint."""

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)
"""Mark in a User-Agent -> name; the first that stands there, since most browsers name their forebears too."""


def device_of(user_agent: str) -> str:
    """`Firefox, Android`; empty for what is no browser we know."""
    said = user_agent[:500]
    names = [next((name for mark, name in table if mark in said), "") for table in (_BROWSERS, _SYSTEMS)]
    return ", ".join(name for name in names if name)
