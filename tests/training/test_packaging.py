import subprocess
import sys

from training.packaging import PRIVATE_PACKAGE, copy_inference_code


def test_the_copied_code_runs_under_its_private_name_alone(tmp_path):
    package = copy_inference_code(tmp_path)
    assert package.name == PRIVATE_PACKAGE
    script = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        f"from {PRIVATE_PACKAGE}.models import baseline, served, transformer\n"
        "clash = {'labels', 'models', 'training', 'predict'} & set(sys.modules)\n"
        "sys.exit(f'imported {clash}' if clash else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stderr


def test_no_sentence_travels_with_the_code(tmp_path):
    package = copy_inference_code(tmp_path)
    assert {file.suffix for file in package.rglob("*") if file.is_file()} == {".py"}
