"""Accounts, their credentials and recovery."""

from contracts.identity.api import Identity
from contracts.identity.logins import (
    AccountConfirmed,
    ActivateAccount,
    ChangeContact,
    ChangePassword,
    ConfirmInPerson,
    PasswordChanged,
    PresentCode,
    ShowContact,
)
from contracts.identity.people import Contact
from contracts.identity.recovery import FinishRecovery, MeansOfAccess, RecoverAccount, ReviewRecovery
from contracts.vocabulary import Channel
from tests.integration.gateway.builders import PATIENT
from tests.integration.gateway.route_cases.case import RouteCase
from tests.integration.gateway.route_cases.values import CODE_SENT, OTHER_ID, TOKEN

ACTIVATION = ActivateAccount(
    proof="p", identifier="camille", password="w", email="c@example.org", mobile="+33612345678", channel=Channel.SMS
)

ACCOUNTS_CASES = [
    RouteCase(
        "POST",
        "/accounts",
        {
            "proof": "p",
            "identifier": "camille",
            "password": "w",
            "email": "c@example.org",
            "mobile": "+33612345678",
            "channel": "sms",
        },
        Identity.activate_account,
        ACTIVATION,
        CODE_SENT,
        202,
    ),
    RouteCase(
        "POST",
        "/accounts/at.te-mpt_1/code",
        {"code": "123456"},
        Identity.confirm_account,
        PresentCode(attempt="at.te-mpt_1", code="123456"),
        TOKEN,
        201,
    ),
    RouteCase(
        "POST",
        f"/dmp/records/{PATIENT}/account/confirmation",
        None,
        Identity.confirm_in_person,
        ConfirmInPerson(patient_id=PATIENT),
        AccountConfirmed(patient_id=PATIENT),
        200,
    ),
    RouteCase(
        "PUT",
        "/me/password",
        {"current": "a", "password": "b"},
        Identity.change_password,
        ChangePassword(current="a", password="b"),
        PasswordChanged(ended=1),
        200,
    ),
    RouteCase("GET", "/me/contact", None, Identity.show_contact, ShowContact(), Contact(email="c@example.org"), 200),
    RouteCase(
        "POST",
        "/me/contact",
        {"channel": "sms", "address": "+33612345678"},
        Identity.change_contact,
        ChangeContact(channel=Channel.SMS, address="+33612345678"),
        CODE_SENT,
        202,
    ),
    RouteCase(
        "POST",
        "/me/contact/abc/code",
        {"code": "1"},
        Identity.confirm_contact,
        PresentCode(attempt="abc", code="1"),
        Contact(mobile="+33612345678"),
        200,
    ),
    RouteCase(
        "POST",
        "/accounts/recovery",
        {"proof": "p", "channel": "sms"},
        Identity.recover_account,
        RecoverAccount(proof="p", channel=Channel.SMS),
        CODE_SENT,
        202,
    ),
    RouteCase(
        "POST",
        "/accounts/recovery/abc/means",
        {"code": "1"},
        Identity.review_recovery,
        ReviewRecovery(attempt="abc", code="1"),
        MeansOfAccess(contact=Contact(mobile="+33612345678")),
        200,
    ),
    RouteCase(
        "POST",
        "/accounts/recovery/abc/code",
        {
            "code": "1",
            "password": "w",
            "keep_passkeys": ["q1Zk"],
            "keep_authenticator": True,
            "keep_apps": [str(OTHER_ID)],
        },
        Identity.finish_recovery,
        FinishRecovery(
            attempt="abc",
            code="1",
            password="w",
            keep_passkeys=("q1Zk",),
            keep_authenticator=True,
            keep_apps=(OTHER_ID,),
        ),
        TOKEN,
        200,
    ),
    RouteCase(
        "POST",
        "/accounts/recovery/abc/code",
        {"code": "1", "password": "w"},
        Identity.finish_recovery,
        FinishRecovery(attempt="abc", code="1", password="w"),
        TOKEN,
        200,
    ),
]
