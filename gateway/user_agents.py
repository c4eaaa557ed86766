"""Name of a browser and its operating system, without versions, so that the name is no fingerprint."""

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
"""Token in a User-Agent -> name. The first match wins: most browsers also name the browsers they imitate."""


def device_of(user_agent: str) -> str:
    """For example `Firefox, Android`; empty for an unknown browser."""
    excerpt = user_agent[:500]
    names = [next((name for pattern, name in table if pattern in excerpt), "") for table in (_BROWSERS, _SYSTEMS)]
    return ", ".join(name for name in names if name)
