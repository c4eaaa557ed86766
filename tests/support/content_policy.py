"""Which inline style sheets and scripts of a page its Content-Security-Policy would keep a browser from using."""

import re
from base64 import b64encode
from hashlib import sha256


def blocked_inline(page: str, policy: str) -> list[str]:
    """Their texts; a page without any is no proof."""
    found = re.findall(r"<(style|script)>(.*?)</\1>", page, re.DOTALL)
    assert found, "the page has an inline style sheet"
    hashes = {text: f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for _, text in found}
    directives = {name: sources for name, _, sources in (part.strip().partition(" ") for part in policy.split(";"))}
    return [text for kind, text in found if hashes[text] not in directives.get(f"{kind}-src", "")]
