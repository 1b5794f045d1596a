"""Encoded words are decoded as people mean them, however they are torn."""

import base64

import pytest

from mailbot.core.words import decode_words

KANA = base64.b64encode("プリンター故障".encode()).decode()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("=?utf-8?Q?What??=", "What?"),
        ("=?iso-8859-1?Q?a?= b =?iso-8859-1?Q?c?=", "a b c"),
        (f"=?utf-8?B?{KANA[:5]}?= =?utf-8?B?{KANA[5:]}?=", "プリンター故障"),
        (f"=?utf-8?B?{KANA[:10]}?=\r\n =?UTF-8?B?{KANA[10:]}?=", "プリンター故障"),
        (f"=?utf-8?B?{KANA}", "プリンター故障"),
        (f"=?utf-8?B?{KANA}?", "プリンター故障"),
        ("=?utf-8?Q?Gr=C3=B6", "Grö"),
        ("=?iso-8859-1?Q?Größe_=E4?=", "Größe ä"),
        ("=?iso-8859-1?q?=3D=3Futf-8=3FQ=3FGr=C3=B6=3F=3D?=", "Grö"),
        ("=??Q?abc?=", "abc"),
        ("=?utf-8?X?abc?=", "=?utf-8?X?abc?="),
        ("=?utf-8?Q?=ZZ_=C3=A4?=", "=ZZ ä"),
        ("=?utf-8?Q?a=?=", "a="),
        ("=?cp-850?q?Gr=94?=", "Grö"),
        ("=?x-unknown?Q?=D4=C5=D3=D4?=", "тест"),
        ("=?iso-2022-jp?B?GyRCLSEbKEIgGyRCNF0/dDt6JUYlOSVIGyhC?=", "① 丸数字テスト"),
        ("=?utf-8?Q?a?=xyz=?utf-8?Q?b?=", "axyzb"),
        ("=?utf-8?B?aGVsbG8=?==?utf-8?B?IHdvcmxk?=", "hello world"),
        ("=?utf-8?Q?=F0=9F=98?==?utf-8?Q?=80?=", "😀"),
        ("=?utf-8?Q?Gr=C3?= =?utf-8?B?tg==?=", "Grö"),
        ("=?us-ascii*en-us?Q?hi?=", "hi"),
        ("=?UTF-7?Q?+AMQ-pfel?=", "Äpfel"),
        ("=?gb2312?B?suLK1A==?=", "测试"),
        ("=?utf-8?B?R3LD tsOf ZQ==?=", "Größe"),
    ],
)
def test_torn_words_are_decoded(value: str, expected: str) -> None:
    assert decode_words(value) == expected


def test_words_that_encode_words_are_decoded_a_few_times_only() -> None:
    value = "x"
    for _ in range(10):
        value = f"=?utf-8?B?{base64.b64encode(value.encode()).decode()}?="
    assert decode_words(value).startswith("=?utf-8?B?")


def test_many_torn_words_are_looked_at_once() -> None:
    value = "=?utf-8?Q?a" * 20_000  # It took minutes to try each of them to the end.
    assert decode_words("=?utf-8?Q?b?= " + value).startswith("b=?utf-8?Q?a=?")
