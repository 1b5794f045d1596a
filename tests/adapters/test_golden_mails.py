"""The mails that go out, byte for byte. MAILBOT_UPDATE_GOLDEN=1 writes them anew; look at the difference then."""

import os
from pathlib import Path

import pytest

from mailbot.adapters.gallery import gallery, sample_mail
from mailbot.adapters.render import Renderer
from mailbot.core.notices import NOTICES
from mailbot.errors import ConfigError

GOLDEN = Path(__file__).parent.parent / "golden"
LANGUAGES = ("en", "id")


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer(None, "en")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("notice", NOTICES)
def test_a_notice_goes_out_as_it_is_kept_here(renderer: Renderer, notice: str, language: str) -> None:
    _rendered, raw = sample_mail(renderer, notice, language)
    path = GOLDEN / language / f"{notice}.eml"
    if os.environ.get("MAILBOT_UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(raw)
    assert path.read_bytes() == raw, f"{path} differs: if that is meant, run the tests with MAILBOT_UPDATE_GOLDEN=1"


def test_nothing_is_kept_here_that_is_not_sent_any_more() -> None:
    kept = {path.relative_to(GOLDEN).as_posix() for path in GOLDEN.rglob("*.eml")}
    assert kept == {f"{language}/{notice}.eml" for language in LANGUAGES for notice in NOTICES}


def test_the_gallery_shows_every_notice_in_every_language(renderer: Renderer, tmp_path: Path) -> None:
    index = gallery(renderer, tmp_path / "out")
    page = index.read_text("utf-8")
    for language in LANGUAGES:
        for notice in NOTICES:
            for suffix in ("eml", "txt", "html"):
                assert (index.parent / language / f"{notice}.{suffix}").stat().st_size > 20
                assert f'href="{language}/{notice}.{suffix}"' in page


def test_the_gallery_of_one_notice_holds_only_that_one(renderer: Renderer, tmp_path: Path) -> None:
    gallery(renderer, tmp_path, ["survey"])
    assert {path.stem for path in tmp_path.rglob("*.eml")} == {"survey"}


def test_a_gallery_of_an_unknown_notice_is_refused_with_the_known_ones(renderer: Renderer, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no notice 'surwey'; there are acknowledgement, reply"):
        gallery(renderer, tmp_path, ["surwey"])
