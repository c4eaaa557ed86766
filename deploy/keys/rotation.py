"""Changing a signing key in three steps, between which processes are restarted, so that nothing signed is refused."""

from pathlib import Path

from deploy.dev.errors import StackError
from deploy.keys.files import KeyFiles
from deploy.keys.signing import (
    TRUSTED,
    key_file,
    keys_of,
    new_signing_key,
    next_key_file,
    public_part,
    write_trusted,
)


def add_next(root: Path, issuer: str) -> KeyFiles:
    """Make the issuer's next key, which everybody trusts once restarted; it signs nothing yet.

    Raises:
        StackError: nobody trusts this issuer, or a file does not read.
    """
    files = _files(root)
    trusted = keys_of(files.read(TRUSTED))
    if issuer not in {key["kid"] for key in trusted}:
        raise StackError(f"inconnu / nobody trusts: {issuer}")
    coming = files.secret(next_key_file(issuer), lambda: new_signing_key(issuer))
    write_trusted(files, [*trusted, public_part(coming, issuer)])
    files.finish()
    return files


def switch(root: Path, issuer: str) -> KeyFiles:
    """Let the issuer sign with its next key, once restarted; the former private key is destroyed.

    Raises:
        StackError: there is no next key that is trusted.
    """
    files = _files(root)
    current, coming = key_file(issuer), next_key_file(issuer)
    if not files.has(coming):
        raise StackError(f"d'abord / first: carnet keys next {root} {issuer}")
    content = files.read(coming)
    if public_part(content, issuer)["x"] != _newest(files, issuer)["x"]:
        raise StackError(f"pas encore de confiance / not trusted yet: {files.root / coming}")
    files.derived(current, content)
    files.remove(coming)
    files.finish()
    return files


def retire(root: Path, issuer: str, *, all_keys: bool = False) -> KeyFiles:
    """Trust only the issuer's newest key; `all_keys`: none, because an operator leaves.

    Raises:
        StackError: a service does not sign with its newest key yet, or would not be trusted at all.
    """
    files = _files(root)
    newest, is_operator = _newest(files, issuer), key_file(issuer).startswith("operators/")
    if all_keys and not is_operator:
        raise StackError(f"un service reste / a service stays: {issuer}")
    if files.has(next_key_file(issuer)):
        raise StackError(f"d'abord / first: carnet keys switch {root} {issuer}")
    if not is_operator and public_part(files.read(key_file(issuer)), issuer)["x"] != newest["x"]:
        raise StackError(f"ne signe pas avec sa dernière clé / does not sign with its newest key: {issuer}")
    others = [key for key in keys_of(files.read(TRUSTED)) if key["kid"] != issuer]
    write_trusted(files, others if all_keys else [*others, newest])
    if all_keys and files.has(key_file(issuer)):
        files.remove(key_file(issuer))
    files.finish()
    return files


def _files(root: Path) -> KeyFiles:
    """What is there, which stays with its owners."""
    return KeyFiles(root, {path.name: path.stat().st_uid for path in root.glob("*")})


def _newest(files: KeyFiles, issuer: str) -> dict[str, str]:
    """The key that was added last to those of this issuer that are trusted."""
    found = [key for key in keys_of(files.read(TRUSTED)) if key["kid"] == issuer]
    if not found:
        raise StackError(f"inconnu / nobody trusts: {issuer}")
    return found[-1]
