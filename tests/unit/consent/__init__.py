"""Tests of the rules of consent."""
