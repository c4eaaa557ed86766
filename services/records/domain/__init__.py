"""The life of a record and of its documents: pure rules over what is asked and what is on file."""

from services.records.domain.filed import Filed, OnFile, Opening, Standing
from services.records.domain.permits import Permit, permit

__all__ = ["Filed", "OnFile", "Opening", "Permit", "Standing", "permit"]
