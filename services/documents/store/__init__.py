"""The only SQL of documents: of its life, and of what an operator does to all of it."""

from services.documents.store.contents import DocumentStore

__all__ = ["DocumentStore"]
