"""What is wrong with a call is told in one line: what, where, how to mend."""

from __future__ import annotations

from pathlib import Path

import pytest

from hullcheck.errors import InputError, check_known, check_writable


def test_an_unknown_name_is_told_with_the_nearest_known_one() -> None:
    """A known name passes; of an unknown one it is said which is meant, or which there are."""
    check_known("dialect", "docker", {"docker", "article"})
    with pytest.raises(InputError, match=r"^there is no dialect 'dokcer'; did you mean docker\?$"):
        check_known("dialect", "dokcer", {"docker": 1, "article": 2})
    with pytest.raises(InputError, match=r"^there is no run 'x'; there are: large, small$"):
        check_known("run", "x", ["large", "small"])


def test_a_file_in_no_folder_is_told_before_anything_is_done(tmp_path: Path) -> None:
    """A folder that is not there, and a file in its place, are refused; no file at all, and a new one, are fine."""
    check_writable(None)
    check_writable(tmp_path / "new")
    (tmp_path / "file").touch()
    for wrong in (tmp_path / "nowhere" / "new", tmp_path / "file" / "new"):
        with pytest.raises(InputError, match=f"^cannot write {wrong}: its folder is not there, or not writable; name"):
            check_writable(wrong)
