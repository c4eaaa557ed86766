"""Requests to OVHcloud are signed as its own client does."""

from services.notify.sms import ovh_signature

URL = "https://eu.api.ovh.com/1.0/sms/sms-ab12345-1/jobs"


def test_a_request_is_signed_as_ovhclouds_client_signs_it() -> None:
    """The expected value is what python-ovh 1.2.0 sends for the same request."""
    signature = ovh_signature("secret", "consumer", "POST", URL, '{"message":"x"}', "1796083200")
    assert signature == "$1$55c32292ea1b935e07e984b173ff55c4c3152afc"
