"""The mapping of refusals to HTTP is complete, and errors quote nothing of the request."""

import pytest
from litestar.exceptions import (
    ClientException,
    InternalServerException,
    MethodNotAllowedException,
    NotFoundException,
    ValidationException,
)
from litestar.exceptions.http_exceptions import RequestEntityTooLarge

from contracts.errors.base import Refusal
from contracts.errors.execution import RequestTooLarge, ServiceFault, ServiceUnavailable, TooManyAttempts
from contracts.errors.registry import all_refusals
from contracts.errors.request import (
    ConsentMissing,
    InvalidRequest,
    LoginFailed,
    MethodNotAllowed,
    RouteNotFound,
    TokenInvalid,
    TokenMissing,
)
from gateway.errors import STATUS, error_body, error_headers, preferred_language, status_of, to_refusal
from tests.support.comparisons import check_all

CATEGORIES = Refusal.__subclasses__()


@pytest.mark.parametrize("category", CATEGORIES, ids=lambda category: category.__name__)
def test_every_category_has_a_unique_status(category: type[Refusal]) -> None:
    assert category in STATUS
    assert [kind for kind in CATEGORIES if STATUS[kind] == STATUS[category]] == [category]


def test_every_refusal_has_an_error_status_and_two_texts() -> None:
    statuses = {code: status_of(leaf()) for code, leaf in all_refusals().items()}
    assert {code: status for code, status in statuses.items() if not 400 <= status <= 503} == {}
    bodies = {code: error_body(leaf(), "en", "trace") for code, leaf in all_refusals().items()}
    assert [code for code, body in bodies.items() if body.en == body.fr] == []
    found = {code: (body.code, body.message) for code, body in bodies.items()}
    check_all("body of an error", found, {code: (code, body.en) for code, body in bodies.items()})


@pytest.mark.parametrize("kind", STATUS, ids=lambda kind: kind.__name__)
def test_table_lists_a_leaf_only_if_its_status_differs_from_its_category(kind: type[Refusal]) -> None:
    assert kind in CATEGORIES or STATUS[kind] != status_of_category(kind)


def status_of_category(leaf: type[Refusal]) -> int:
    return next(STATUS[kind] for kind in leaf.__mro__ if kind in CATEGORIES)


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "fr"),
        ("fr", "fr"),
        ("en", "en"),
        ("en-GB", "en"),
        ("de, en;q=0.5", "en"),
        ("fr;q=0.3, en;q=0.9", "en"),
        ("fr, en", "fr"),
        ("en;q=0.8, fr;q=0.9", "fr"),
        ("*", "fr"),
        ("en;q=0", "fr"),
        ("de", "fr"),
        ("en;q=9", "fr"),
        ("en;q=x, ;;;, " + "é" * 5000, "fr"),
    ],
)
def test_language_is_french_unless_english_is_preferred(accepted: str, language: str) -> None:
    assert preferred_language(accepted) == language


@pytest.mark.parametrize(
    ("raised", "refusal"),
    [
        (LoginFailed(), LoginFailed),
        (NotFoundException("SECRET"), RouteNotFound),
        (MethodNotAllowedException("SECRET"), MethodNotAllowed),
        (RequestEntityTooLarge("SECRET"), RequestTooLarge),
        (ClientException("SECRET"), InvalidRequest),
        (ValidationException("SECRET"), InvalidRequest),
        (ValidationException("SECRET", extra=[{"message": "SECRET", "key": "count"}]), InvalidRequest),
        (InternalServerException("SECRET"), ServiceFault),
        (KeyError("SECRET"), ServiceFault),
    ],
)
def test_every_exception_becomes_a_refusal_that_quotes_nothing(raised: Exception, refusal: type[Refusal]) -> None:
    translated = to_refusal(raised)
    assert type(translated) is refusal
    assert "SECRET" not in str(error_body(translated, "fr", ""))


def test_temporary_refusals_have_retry_after() -> None:
    assert error_headers(ServiceUnavailable(), "fr")["retry-after"] == "2"
    assert error_headers(TooManyAttempts(seconds="40"), "fr")["retry-after"] == "40"
    assert "retry-after" not in error_headers(ConsentMissing(), "fr")


def test_missing_token_has_a_challenge() -> None:
    assert error_headers(TokenMissing(), "en") == {"content-language": "en", "www-authenticate": "Bearer"}


def test_an_invalid_token_is_named_in_the_challenges_of_both_schemes() -> None:
    """RFC 6750, 3: an error only where a token was sent; RFC 9449, 7.1."""
    challenge = error_headers(TokenInvalid(), "en")["www-authenticate"]
    assert challenge.startswith('Bearer error="invalid_token", DPoP error="invalid_token", algs="ES256 ')
