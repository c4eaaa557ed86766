"""The French and English texts that people read, as gettext catalogues: one domain per kind of text (ADR 0026)."""
