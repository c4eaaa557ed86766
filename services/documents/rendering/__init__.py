"""Documents as pages for people who read: safe whatever was written into them."""

from services.documents.rendering.pages import MOST_BYTES, Page, facts_of, page_of

__all__ = ["MOST_BYTES", "Page", "facts_of", "page_of"]
