"""What strangers may sign with: the algorithms that are believed, and the keys that are strong enough for them."""

from joserfc.jwk import ECKey, OKPKey, RSAKey

ALGORITHMS = ("ES256", "ES384", "RS256", "RS384", "PS256", "Ed25519", "EdDSA")
_SHORTEST_RSA = 2048

Key = ECKey | RSAKey | OKPKey


def is_strong(key: Key) -> bool:
    """Whether a signature of this key says something; keys of the X curves sign nothing at all."""
    if isinstance(key, RSAKey):
        return int(key.raw_value.key_size) >= _SHORTEST_RSA
    return not (isinstance(key, OKPKey) and key.curve_name.startswith("X"))
