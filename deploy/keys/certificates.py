"""A certificate authority for the broker, and the broker's own certificate."""

import ipaddress
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from deploy.dev.errors import StackError
from deploy.keys.files import KeyFiles

_AUTHORITY_DAYS = 3650
_SERVER_DAYS = 730
_RENEWED_BEFORE = timedelta(days=60)


def make_certificates(files: KeyFiles, authority: str, server: str, names: Sequence[str], now: datetime) -> None:
    """Make `ca.pem` and `ca-key.pem` in one directory, `server.pem` and `server-key.pem` in the other.

    The server's certificate is made anew two months before it ends, or for other names.

    Args:
        names: and addresses under which the server is reached.
    """
    authority_key = files.secret(f"{authority}/ca-key.pem", _new_key)
    authority_pem = files.secret(f"{authority}/ca.pem", lambda: _new_authority(authority_key, now))
    key, name = files.secret(f"{server}/server-key.pem", _new_key), f"{server}/server.pem"
    certificate = files.read(name) if files.has(name) else b""
    if not (certificate and _is_current(certificate, key, authority_pem, names, now)):
        certificate = _new_server_certificate(key, authority_pem, authority_key, names, now)
    files.derived(name, certificate)


def _new_key() -> bytes:
    """A private P-256 key, PEM."""
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _new_authority(key: bytes, now: datetime) -> bytes:
    """A self-signed certificate that signs servers' certificates and nothing else, PEM."""
    private = _private(key)
    name = _name("Carnet broker authority")
    certificate = (
        _unsigned(name, name, private.public_key(), now, _AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), critical=False)
        .sign(private, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM)


def _new_server_certificate(
    key: bytes, authority: bytes, authority_key: bytes, names: Sequence[str], now: datetime
) -> bytes:
    """A certificate of a server that is reached under these names or addresses, PEM."""
    issuer, issuer_key, public = _certificate(authority), _private(authority_key), _private(key).public_key()
    certificate = (
        _unsigned(_name(names[0]), issuer.subject, public, now, _SERVER_DAYS)
        .add_extension(x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .sign(issuer_key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM)


def _is_current(server: bytes, key: bytes, authority: bytes, names: Sequence[str], now: datetime) -> bool:
    """Whether a server's certificate is of this key, authority and exactly these names, and for two months more."""
    try:
        certificate = _certificate(server)
        certificate.verify_directly_issued_by(_certificate(authority))
        named = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except Exception:  # whatever is wrong with it, another one is made
        return False
    return (
        list(named) == [_general_name(name) for name in names]
        and certificate.public_key() == _private(key).public_key()
        and certificate.not_valid_after_utc > now + _RENEWED_BEFORE
    )


def _unsigned(
    subject: x509.Name, issuer: x509.Name, public: ec.EllipticCurvePublicKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        # Clocks of containers may differ a little.
        .not_valid_before(now.astimezone(UTC) - timedelta(hours=1))
        .not_valid_after(now.astimezone(UTC) + timedelta(days=days))
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _private(key: bytes) -> ec.EllipticCurvePrivateKey:
    try:
        found = serialization.load_pem_private_key(key, None)
    except ValueError:
        found = None
    if not isinstance(found, ec.EllipticCurvePrivateKey):
        raise StackError("clé TLS illisible / a TLS key does not read")
    return found


def _certificate(pem: bytes) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(pem)
    except ValueError:
        raise StackError("certificat illisible / a certificate does not read") from None
