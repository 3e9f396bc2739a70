"""Phones and numbers of documents as they are kept and compared, however they were typed."""


def normal_phone(text: str) -> str:
    """A phone number as it is kept and compared: digits with the prefix of the country, Italian mobiles without one.

    What is no number (a name, an extension in words) stays as it was written.
    """
    text = text.strip()
    digits = "".join(str(int(sign)) for sign in text if sign.isdecimal())
    if not digits or any(sign.isalpha() for sign in text):
        return text
    if text.startswith("+"):
        return f"+{digits}"
    if digits.startswith("00"):
        return f"+{digits[2:]}"
    return f"+39{digits}" if digits.startswith("3") and len(digits) in {9, 10} else digits


def normal_number(text: str) -> str:
    """A number of a document as it is kept and compared: without spaces, in capitals."""
    return "".join(text.split()).upper()


def is_phone(text: str) -> bool:
    """Whether what was typed can be a phone number: digits, with the signs people put between them."""
    return sum(sign.isdecimal() for sign in text) >= 6 and not set(text.strip()) - set("+0123456789 ()./-")
