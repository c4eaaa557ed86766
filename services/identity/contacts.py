"""E-mail addresses and mobile numbers in the normal form they are stored and used in."""

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import NumberParseException, PhoneNumberType

from contracts.errors.request import AddressUnsupported, InvalidContact

# Number ranges open faster than tables are published, so an unknown range passes; a known landline does not.
_TAKES_SMS = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE, PhoneNumberType.UNKNOWN})


def normal_email(address: str) -> str:
    """The address in normal form, an internationalised domain as A-labels (RFC 5890); no DNS query is made.

    Raises:
        AddressUnsupported: the part before the @ needs SMTPUTF8 (RFC 6531), which mail servers on the way may lack.
            InvalidContact: not an address.
    """
    try:
        found = validate_email(address, check_deliverability=False)
        if found.ascii_email is None:
            raise AddressUnsupported
        return found.ascii_email
    except EmailNotValidError:
        raise InvalidContact(field="email") from None


def normal_mobile(number: str) -> str:
    """The number as E.164.

    Raises:
        InvalidContact: no country code, impossible, or not a mobile.
    """
    try:
        parsed = phonenumbers.parse(number, None)
    except NumberParseException:
        raise InvalidContact(field="mobile") from None
    if not phonenumbers.is_possible_number(parsed) or phonenumbers.number_type(parsed) not in _TAKES_SMS:
        raise InvalidContact(field="mobile")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
