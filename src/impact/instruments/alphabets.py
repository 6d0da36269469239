"""Letters offered for linkage-code elements, by primary language subtag, and digits of other scripts."""

from __future__ import annotations

ALPHABETS = {
    "en": tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    # The 28 letters in hijāʾī order; hamza forms, tāʾ marbūṭa and alif maqṣūra are told about in the help text.
    "ar": tuple("ابتثجحخدذرزسشصضطظعغفقكلمنهوي"),
    # The 22 letters without the five final forms: they are the same letters.
    "he": tuple("אבגדהוזחטיכלמנסעפצקרשת"),
}

# Arabic-Indic and Persian digits, the Arabic decimal separator, and the true minus sign.
_DIGITS = {
    **{0x0660 + digit: str(digit) for digit in range(10)},
    **{0x06F0 + digit: str(digit) for digit in range(10)},
    0x066B: ".",
    0x2212: "-",
}


def western_digits(text: str) -> str:
    """`text` with Arabic-Indic and Persian digits as 0–9."""
    return text.translate(_DIGITS)


def letters_of(tag: str) -> tuple[str, ...]:
    """The alphabet of a BCP 47 tag, empty if we know none: then the instrument must list its own."""
    return ALPHABETS.get(tag.split("-")[0].lower(), ())
