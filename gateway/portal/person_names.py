"""Names of persons as the pages address them."""


def first_name(given_names: str) -> str:
    """The first of the given names, which cards state in capitals: JEAN-PIERRE MARIE is Jean-Pierre."""
    first = given_names.replace(",", " ").split(maxsplit=1)
    if not first:
        return ""
    return first[0].title() if first[0].isupper() else first[0]
