"""What the documents say is true of the code."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def tracked() -> list[Path]:
    """Every file of the repository."""
    listed = subprocess.run(
        [shutil.which("git") or "git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_the_readme_names_every_command_and_no_other() -> None:
    helped = subprocess.run([sys.executable, "-m", "app.cli", "--help"], cwd=ROOT, capture_output=True, text=True, check=True)
    commands = set(re.findall(r"^    ([a-z-]+)(?: |$)", helped.stdout, re.MULTILINE))
    table = README.split("The command is `polyphony`")[1].split("Settings are")[0]
    named = set(re.findall(r"`([a-z][a-z-]*)[ `]", table)) - {"polyphony"}
    assert named == commands


def test_the_files_that_the_readme_names_are_there() -> None:
    named = re.findall(r"`((?:app|toolkits|migrations|tests)/[\w./-]+\.\w+)`|\]\(([\w./-]+)\)", README)
    missing = [path for pair in named for path in pair if path and not (ROOT / path).exists()]
    assert missing == []


def test_no_tracked_file_names_a_package_index_or_a_path_of_a_machine() -> None:
    index = re.compile(rb"pypi\.org|pythonhosted|registry\.npmjs|deb\.debian")
    assert [path.name for path in tracked() if path != Path(__file__) and index.search(path.read_bytes())] == []


def test_a_python_file_of_the_code_has_at_most_400_lines() -> None:
    rooms = {ROOT / "app", ROOT / "media_pipeline"}
    code = [path for path in tracked() if path.suffix == ".py" and rooms & set(path.parents)]
    assert [path.name for path in code if len(path.read_text(encoding="utf-8").splitlines()) > 400] == []
