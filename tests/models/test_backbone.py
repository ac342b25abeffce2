import pytest

from models.backbone import BackboneError, check_sha256, resolve_backbone


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
    with pytest.raises(BackboneError, match="use `packaged`, or name a folder"):
        resolve_backbone("nobody/no-such-encoder")
