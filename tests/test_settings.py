"""The environment is read once; all its faults are told at once."""

from pathlib import Path

import pytest

from impact.errors import SetupInvalid
from impact.settings import Settings


def test_defaults_keep_everything_below_the_data_folder():
    settings = Settings.from_environment({"IMPACT_DATA_DIR": "/srv/impact"})
    assert settings == Settings.for_folder(Path("/srv/impact"))
    assert settings.database_url == "sqlite:////srv/impact/impact.sqlite3"


def test_cookies_are_secure_as_soon_as_the_address_is():
    assert Settings.from_environment({"IMPACT_BASE_URL": "https://survey.example/"}).secure_cookies is True
    assert Settings.from_environment({}).secure_cookies is False
    assert (
        Settings.from_environment({"IMPACT_BASE_URL": "https://survey.example/"}).base_url
        == "https://survey.example"
    )


def test_all_faults_at_once():
    with pytest.raises(SetupInvalid) as caught:
        Settings.from_environment(
            {"IMPACT_BASE_URL": "survey.example", "IMPACT_DATABASE_URL": "mysql://root:secret@db"}
        )
    assert str(caught.value).splitlines() == [
        "IMPACT_BASE_URL: “survey.example” is no web address. Begin it with https://.",
        "IMPACT_DATABASE_URL: the address names no database that is supported. "
        "Use sqlite:////path/to/file or postgresql://user@host/name.",
    ]


def test_a_folder_that_is_not_there_is_named():
    with pytest.raises(SetupInvalid, match="the folder /nowhere/surveys does not exist"):
        Settings.from_environment({"IMPACT_SURVEYS_DIR": "/nowhere/surveys"})
