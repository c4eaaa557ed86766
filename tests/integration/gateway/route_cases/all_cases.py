"""A request for every route with a JSON response: what is sent, the RPC message it becomes, what comes back."""

from tests.integration.gateway.route_cases.accounts import ACCOUNTS_CASES
from tests.integration.gateway.route_cases.authorisations import AUTHORISATIONS_CASES
from tests.integration.gateway.route_cases.carers import CARERS_CASES
from tests.integration.gateway.route_cases.documents import DOCUMENTS_CASES
from tests.integration.gateway.route_cases.journal import JOURNAL_CASES
from tests.integration.gateway.route_cases.operator import OPERATOR_CASES
from tests.integration.gateway.route_cases.records import RECORDS_CASES
from tests.integration.gateway.route_cases.sessions import SESSIONS_CASES

ROUTE_CASES = [
    *ACCOUNTS_CASES,
    *SESSIONS_CASES,
    *RECORDS_CASES,
    *DOCUMENTS_CASES,
    *AUTHORISATIONS_CASES,
    *CARERS_CASES,
    *JOURNAL_CASES,
    *OPERATOR_CASES,
]
"""Deposits and downloads, which stream bytes, and tree heads, which are text, have tests of their own."""
