"""The desk of documents: one function per verb; store, bucket and keeper are handed in."""

from services.documents.actions.carrying import Download, Outgoing, Upload, bring_in, carry_out
from services.documents.actions.keeping import destroy, keep, purge, sweep

__all__ = [
    "Download",
    "Outgoing",
    "Upload",
    "bring_in",
    "carry_out",
    "destroy",
    "keep",
    "purge",
    "sweep",
]
