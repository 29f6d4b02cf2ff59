import re
from pathlib import Path

import pytest

from balcao.web import assets


def test_an_icon_nobody_drew_is_refused_by_name() -> None:
    assets.install()
    with pytest.raises(assets.AssetsError, match="no-such-icon"):
        assets.sprite(["check", "no-such-icon"])


def test_the_sprite_holds_what_was_asked_for_and_nothing_else() -> None:
    assets.install()
    drawn = assets.sprite(["x", "check"])
    assert re.findall(r'<symbol id="([\w-]+)"', drawn) == ["check", "x"]


def test_icons_are_found_in_templates_and_in_tables() -> None:
    used = assets.used_icons()
    assert {"paperclip", "shield-check", "hourglass"} <= used


def test_every_icon_a_page_uses_is_in_the_built_sprite() -> None:
    assets.build()
    drawn = (assets.STATIC / "icons.svg").read_text(encoding="utf-8")
    assert set(re.findall(r'<symbol id="([\w-]+)"', drawn)) == assets.used_icons()


def test_a_build_with_nothing_changed_does_nothing() -> None:
    assets.build()
    before = (assets.STATIC / "app.css").stat().st_mtime_ns
    assert assets.build() is False
    assert (assets.STATIC / "app.css").stat().st_mtime_ns == before


def test_the_style_sheet_and_scripts_name_no_other_machine() -> None:
    assets.build()
    for path in assets.STATIC.iterdir():
        if path.suffix not in {".css", ".js"}:
            continue
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"(url\(|import |src=)[\"']?https?:", text), path.name
        assert "sourceMappingURL" not in text, path.name


def test_the_lock_names_no_registry_and_pins_what_was_tried() -> None:
    lock = (assets.ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert "http" not in lock
    wanted = (assets.ROOT / "package.json").read_text(encoding="utf-8")
    assert re.search(r'"tailwindcss": "\d+\.\d+\.\d+"', wanted)
    assert "^" not in wanted


def test_a_step_that_fails_says_what_happened() -> None:
    with pytest.raises(assets.AssetsError, match="exit code"):
        assets._run(["false"], timeout=5)


def test_a_step_that_hangs_is_ended() -> None:
    with pytest.raises(assets.AssetsError, match="did not finish"):
        assets._run(["sleep", "5"], timeout=0.1)


def test_a_release_without_its_assets_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(assets, "ROOT", tmp_path)
    monkeypatch.setattr(assets, "STATIC", tmp_path)
    with pytest.raises(assets.AssetsError, match="complete release"):
        assets.build()
    (tmp_path / "app.css").touch()
    assert assets.build() is False
