"""Many guess at the same moment: not one PIN more is looked at than if they came one by one. Real connections."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from lgnet.people.models import OwnPageTries
from tests.people.guessing import guess_at_once

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite in memory has one connection")
@pytest.mark.django_db(transaction=True)
def test_guessing_at_once_is_no_quicker():
    assert guess_at_once("ACDEFGHJ") == (5, [])
    assert OwnPageTries.objects.get(locked_until__isnull=False).failures == 5


@pytest.mark.skipif(connection.vendor != "sqlite", reason="on the other engine the tests have many connections")
def test_guessing_at_once_is_no_quicker_on_a_file(tmp_path):
    env = dict(os.environ, DATABASE_URL=f"sqlite:///{tmp_path}/own.sqlite3", DJANGO_SETTINGS_MODULE="lgnet.settings")
    env |= {"LGNET_DATA_DIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    program = [sys.executable, "-m", "tests.people.guessing"]
    told = subprocess.run(program, env=env, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert told.stdout.strip() == "5 []", told.stderr
