"""Telephone numbers as a gateway wants them, and how many text messages a text takes."""

import phonenumbers

HOME = "IT"  # numbers written without a prefix are of here
# GSM 03.38: signs of seven bits, and those that take two places.
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_DOUBLE = frozenset("\f^{}\\[~]|€")


def sms_number(text: str) -> str:
    """The number as +393201234567, or nothing when no text message can go there: too short, or a fixed line."""
    try:
        number = phonenumbers.parse(text, HOME)
    except phonenumbers.NumberParseException:
        return ""
    is_fixed = phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.FIXED_LINE
    if is_fixed or not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def segments(text: str) -> int:
    """How many text messages a gateway counts: of 160 signs, or of 70 with letters of other scripts; fewer in a row."""
    if all(sign in _BASIC or sign in _DOUBLE for sign in text):
        return _parts([2 if sign in _DOUBLE else 1 for sign in text], alone=160, in_a_row=153)
    return _parts([2 if ord(sign) > 0xFFFF else 1 for sign in text], alone=70, in_a_row=67)


def _parts(widths: list[int], *, alone: int, in_a_row: int) -> int:
    if sum(widths) <= alone:
        return 1
    parts, room = 1, in_a_row
    for width in widths:
        if width > room:  # a sign is never torn apart
            parts, room = parts + 1, in_a_row
        room -= width
    return parts
