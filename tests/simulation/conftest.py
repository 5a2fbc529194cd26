"""Scenarios of these tests name lists and rules of other folders of the same run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from alertengine.files.path_gate import FOLDERS


@pytest.fixture(scope="package", autouse=True)
def _folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as settings:
        settings.setenv(FOLDERS, str(tmp_path_factory.getbasetemp()))
        yield
