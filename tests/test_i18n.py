"""Catalogues: each language says everything, with the same placeholders."""

import re

import pytest

from impact import i18n


@pytest.mark.parametrize("language", i18n.languages())
def test_every_language_has_every_message_with_the_same_placeholders(language):
    source, own = (
        i18n.catalogue("en"),
        i18n._flat(i18n.yaml.safe_load((i18n.LOCALE / f"{language}.yaml").read_text())),
    )
    assert set(own) == set(source)
    fields = lambda text: sorted(re.findall(r"\{(\w+)\}", text))  # noqa: E731
    assert {key for key in source if fields(own[key]) != fields(source[key])} == set()


def test_direction_follows_the_primary_subtag():
    assert [i18n.direction(tag) for tag in ("en", "ar", "he", "ar-EG", "fr", "ckb")] == [
        "ltr",
        "rtl",
        "rtl",
        "rtl",
        "ltr",
        "rtl",
    ]


def test_an_unknown_key_is_our_fault_and_loud():
    with pytest.raises(KeyError):
        i18n.message("en", "no.such.key")
