"""The syntax trees of all files, parsed once for the tests of this directory."""

import ast
from pathlib import Path

import pytest

from tests.architecture.test_modules import FILES


@pytest.fixture(scope="package")
def trees() -> dict[Path, ast.Module]:
    return {path: ast.parse(path.read_text()) for path in FILES}
