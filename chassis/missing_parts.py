"""The parts that a process misses, as they are logged and counted."""

import structlog

from chassis import metrics

AWAY = frozenset({"broker", "database", "documents", "object_store", "scanner"})
"""Servers that are away, which others log; the other parts are for an operator to mend."""
ADVICE = {
    "database.unmigrated": "migrate the database to this version, or mend CARNET_DATABASE_URL",
    "database.version": "upgrade PostgreSQL to 18",
    "database.read_only": "point CARNET_DATABASE_URL to the primary",
    "clock.off": "mend the time service of this machine, or of the one it was compared with",
    "signing_key.untrusted": "mount the service's own CARNET_SIGNING_KEY, and its public key in CARNET_TRUSTED_KEYS",
    "trusted_keys.incomplete": "mount a CARNET_TRUSTED_KEYS with every service's public key",
    "code_pepper.changed": "mount the CARNET_CODE_PEPPER_FILE with which this database was filled",
    "object_store.other": "mount the volume with the contents on file, or mend CARNET_S3_BUCKET",
    "master_key.missing": "mount every master key that wraps contents on file, old ones as older",
    "master_key.away": "mend the token with the master keys",
    "head_key.changed": "mount the CARNET_HEAD_KEY of this journal, and mend CARNET_JOURNAL_ORIGIN",
    "subject_key.changed": "mount the CARNET_SUBJECT_KEY_FILE with which this journal was filled",
    "journal_heads": "look in the log for what keeps audit from signing",
    "journal_restored": "say which head was published last, with `carnet journal resume`",
}
"""Part -> what an operator does; docs/operations.md says more."""


class MissingParts:
    """Logs a part once when it is found missing, and once when it is back."""

    def __init__(self) -> None:
        self._known: frozenset[str] = frozenset()

    def note(self, missing: frozenset[str], *, ready: bool) -> None:
        """Set the gauges, and log what changed."""
        metrics.READY.set(ready)
        for part in missing | self._known:
            metrics.PART_MISSING.labels(part).set(part in missing)
        for part in sorted(missing - self._known - AWAY):
            structlog.get_logger().error("not_ready", part=part, advice=ADVICE.get(part, ""))
        for part in sorted(self._known - missing - AWAY):
            structlog.get_logger().info("part_back", part=part)
        self._known = missing
