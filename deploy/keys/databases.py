"""SQL that makes a role and a database for each service, for psql under the server's administrator."""

from collections.abc import Mapping

_HEAD = r"""-- For psql, as often as wanted: psql -v ON_ERROR_STOP=1 -f roles.sql
REVOKE ALL ON DATABASE postgres FROM PUBLIC;
REVOKE ALL ON DATABASE template1 FROM PUBLIC;
"""

_ROLE = r"""
SELECT 'CREATE ROLE "{name}"' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}') \gexec
ALTER ROLE "{name}" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD '{password}';
SELECT 'CREATE DATABASE "{name}" OWNER "{name}"'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{name}') \gexec
REVOKE ALL ON DATABASE "{name}" FROM PUBLIC;
"""


def roles_sql(passwords: Mapping[str, str]) -> bytes:
    """Role -> password, hexadecimal; each role owns the database of its name and may connect to no other."""
    return "".join([_HEAD, *(_ROLE.format(name=name, password=word) for name, word in passwords.items())]).encode()
