"""What is not compared, since it must differ: the table of ADR 0032."""

MUST_DIFFER: dict[str, str] = {
    "ids and times": "every id and moment is another; compared is where the same one appears again",
    "order of arrival": "lines and notices of two services arrive in any order: compared in the order of time",
    "numbers and hashes of lines": "they follow from the order of arrival; they have no gap in either world",
    "size of the tree": "the tree holds the lines of all records: its heads, positions and paths show that it grew",
    "other records": "lists and searches of a professional name other records, the other world's among them",
    "same uniqueId again": "two documents of a record cannot have one name: other bytes are refused, whoever sees it",
    "own deposit again": "who deposits the same bytes again gets their own document, if it is there",
    "replacing what is not shown": "who may replace a document of their organisation learns that it is there",
    "folders and pins of a hidden version": "the open version after it lies where its holder put it",
    "refused deposits": "of a refused deposit there is no document to hide: only in secret its line is hidden",
    "one identifier in two records": "a document named by an identifier alone is not found if two records have it",
}
"""Name -> why."""
