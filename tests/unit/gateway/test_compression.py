"""Compression of bodies, by what a client accepts."""

import gzip

import brotli
import pytest

from gateway.compression import compressed, content_headers, encoding_for

LARGE = 10_000


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip;q=1.0, br;q=0.5", "br"),
        ("br;q=0, gzip", "gzip"),
        ("GZIP", "gzip"),
        ("deflate", ""),
        ("*", ""),
        ("", ""),
        ("br;q=2, gzip;q=x", ""),
    ],
)
def test_the_best_encoding_that_is_accepted_is_chosen(accepted: str, encoding: str) -> None:
    assert encoding_for(accepted, LARGE) == encoding


def test_a_body_that_fits_one_packet_is_not_compressed() -> None:
    assert encoding_for("br", 500) == ""


@pytest.mark.parametrize("once", [False, True])
def test_what_is_compressed_can_be_read_again(once: bool) -> None:
    body = b"document " * LARGE
    assert brotli.decompress(compressed(body, "br", once=once)) == body
    assert gzip.decompress(compressed(body, "gzip", once=once)) == body
    assert compressed(body, "", once=once) == body


def test_caches_are_told_that_the_body_depends_on_what_was_accepted() -> None:
    assert content_headers("br") == {"vary": "accept-encoding", "content-encoding": "br"}
    assert content_headers("") == {"vary": "accept-encoding"}
