"""Colleagues join the same two files at the same moment: one does it, the others are told. Real connections."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from lgnet.network.roles import Role
from lgnet.people.models import JourneyEvent, PersonMerge
from tests.people.doubles import live_a_little, register
from tests.people.joining import AT_ONCE, join_at_once

ROOT = Path(__file__).resolve().parents[2]
has_writers = pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite in memory has one connection")


@has_writers
@pytest.mark.django_db(transaction=True)
def test_the_same_two_are_joined_once(partner, make_user):
    users = [make_user(Role.DESK_OPERATOR, partner) for _ in range(AT_ONCE)]
    one, other = (register(users[0], partner, given_names=name) for name in ("Amina", "Amena"))
    for person in (one, other):
        live_a_little(users[0], person)
    before = JourneyEvent.objects.filter(voided_at=None).count()
    both_ways = [(user, *((one, other) if turn % 2 else (other, one))) for turn, user in enumerate(users)]
    joined, refused, problems = join_at_once(both_ways)
    assert problems == []
    assert (len(joined), len(refused)) == (1, AT_ONCE - 1)
    kept = PersonMerge.objects.get().kept
    assert JourneyEvent.objects.filter(voided_at=None, person=kept).count() == before


@pytest.mark.skipif(connection.vendor != "sqlite", reason="on the other engine the tests have many connections")
def test_the_same_two_are_joined_once_on_a_file(tmp_path):
    env = dict(
        os.environ, DATABASE_URL=f"sqlite:///{tmp_path}/joining.sqlite3", DJANGO_SETTINGS_MODULE="lgnet.settings"
    )
    env |= {"LGNET_DATA_DIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    program = [sys.executable, "-m", "tests.people.joining"]
    told = subprocess.run(program, env=env, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert told.stdout.strip() == f"1 {AT_ONCE - 1} [] True", told.stderr
