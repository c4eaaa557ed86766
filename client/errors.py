"""A request that the gateway did not fulfil, as an exception."""


class ApiError(Exception):
    """A refusal: HTTP status, stable code, and its text in French and English.

    `code` and `english` are empty where the body is none of the gateway's, such as a proxy's.
    """

    def __init__(self, status: int, code: str, text: str, english: str) -> None:
        super().__init__(f"{status} {code}: {text}" if code else f"{status} {text}")
        self.status = status
        self.code = code
        self.text = text
        self.english = english
