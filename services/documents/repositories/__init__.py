"""The only SQL of documents: of its life, and of what an operator does to all of it."""

from services.documents.repositories.contents import ContentRepository

__all__ = ["ContentRepository"]
