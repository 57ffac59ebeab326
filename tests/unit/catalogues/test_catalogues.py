from __future__ import annotations

import string

import pytest

from service.catalogues import LANGUAGES, has_text, text

Texts = dict[str, dict[str, str]]


def _placeholders(words: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name is not None}


def test_a_text_takes_the_values_given() -> None:
    assert text("fi", "report.demo_parameters", demo=3, all=90).startswith("Käytetyistä 90 parametriarvosta 3 ")


def test_a_value_may_be_named_like_a_parameter_of_the_function() -> None:
    assert text("en", "report.total", language="x", key="y") == "Total"


@pytest.mark.parametrize(
    ("language", "key"), [("en", "no.such_key"), ("de", "report.total"), ("../fi", "report.total")]
)
def test_an_unknown_text_or_language_is_named_in_the_error(language: str, key: str) -> None:
    assert not has_text(language, key)
    with pytest.raises(KeyError) as caught:
        text(language, key)
    assert repr(key) in str(caught.value.args[0])
    assert repr(language) in str(caught.value.args[0])


def test_a_value_not_given_is_named_with_the_text_that_needs_it() -> None:
    with pytest.raises(KeyError, match=r"report\.demo_parameters.*'sv'.*'demo'"):
        text("sv", "report.demo_parameters", all=3)


def test_all_languages_have_the_same_keys(all_texts: Texts) -> None:
    assert {frozenset(texts) for texts in all_texts.values()} == {frozenset(all_texts["en"])}


def test_placeholders_are_the_same_in_all_languages(all_texts: Texts) -> None:
    for key, english in all_texts["en"].items():
        assert {name: _placeholders(all_texts[name][key]) for name in LANGUAGES} == dict.fromkeys(
            LANGUAGES, _placeholders(english)
        ), key


def test_no_text_is_empty_or_padded(all_texts: Texts, language: str) -> None:
    assert [key for key, words in all_texts[language].items() if not words or words != words.strip()] == []


def test_keys_are_sorted_so_that_changes_can_be_read(all_texts: Texts, language: str) -> None:
    assert list(all_texts[language]) == sorted(all_texts[language])


def test_sentences_are_translated(all_texts: Texts) -> None:
    groups = ("formula.", "asset_class_description.", "report.note.", "problem.")
    sentences = [key for key in all_texts["en"] if key.startswith(groups)]
    assert sentences
    assert [key for key in sentences if len({all_texts[name][key] for name in LANGUAGES}) < len(LANGUAGES)] == []
