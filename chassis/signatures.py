"""Algorithms and key strengths accepted in signatures of third parties."""

from joserfc.jwk import ECKey, OKPKey, RSAKey

ALGORITHMS = ("ES256", "ES384", "RS256", "RS384", "PS256", "Ed25519", "EdDSA")
_MIN_RSA_BITS = 2048

Key = ECKey | RSAKey | OKPKey


def is_strong(key: Key) -> bool:
    """Whether a key is long enough and of a curve that signs (X25519 and X448 do not)."""
    if isinstance(key, RSAKey):
        return int(key.raw_value.key_size) >= _MIN_RSA_BITS
    return not (isinstance(key, OKPKey) and key.curve_name.startswith("X"))
