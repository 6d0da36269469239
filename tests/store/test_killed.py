"""kill -9 at any moment: what was acknowledged is there, once, and the database opens again."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys

import pytest
from sqlalchemy import text

from impact.settings import Settings
from impact.store import open_database
from impact.store.submissions import stored_key

_WRITE = """
import sys
from pathlib import Path
from concurrent.futures import ThreadPoolExecutor
from impact.settings import Settings
from impact.store import NewSubmission, new_id, open_database
folder, programme, workshop, run = sys.argv[1:]
database = open_database(Settings.for_folder(Path(folder)))
def write(number):
    key = f"run-{run}-submission-{number:09d}"
    new = NewSubmission(new_id(), programme, workshop, "pre", "a", "en", bytes(13), None, {}, key)
    for _ in range(2):  # each is sent twice, as by an impatient finger
        database.writer.add(new).result()
    sys.stdout.write(key + "\\n")
    sys.stdout.flush()
with ThreadPoolExecutor(8) as pool:
    list(pool.map(write, range(1_000_000)))
"""


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX")
def test_every_acknowledged_submission_is_there_once(settings: Settings, make_cast) -> None:
    database = open_database(settings)
    cast = make_cast(database)
    database.close()
    chance = random.Random(5)
    acknowledged: list[str] = []
    for run in range(5):
        arguments = [str(settings.data_dir), cast.programme_id, cast.haifa, str(run)]
        process = subprocess.Popen(
            [sys.executable, "-c", _WRITE, *arguments], stdout=subprocess.PIPE, text=True, bufsize=1
        )
        wanted = chance.randint(50, 400)
        seen = [process.stdout.readline().strip() for _ in range(wanted)]
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read().split("\n")[:-1]  # a last line without its end was not said
        assert process.wait(30) == -signal.SIGKILL
        process.stdout.close()
        acknowledged += [*seen, *rest]
    database = open_database(settings)
    with database.session() as session:
        stored = session.connection().execute(text("SELECT idempotency_key FROM submission")).scalars().all()
        healthy = session.connection().scalar(text("PRAGMA integrity_check"))
    database.close()
    assert healthy == "ok"
    assert len(acknowledged) == len(set(acknowledged)) >= 250
    assert len(stored) == len(set(stored))
    assert {stored_key(cast.programme_id, key) for key in acknowledged} <= set(stored)
    # What was stored without an acknowledgement was on its way at most: eight at once in each run.
    assert len(stored) - len(acknowledged) <= 5 * 8
