"""Several workers send at the same moment: nothing twice, nothing lost. Real connections."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from lgnet.messaging.models import OutgoingMessage
from tests.messaging.conftest import http_gateway
from tests.messaging.sending import MESSAGES, queue_messages, send_all_at_once

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite in memory has one connection")
@pytest.mark.django_db(transaction=True)
def test_workers_send_at_once(partner, sms):
    queue_messages(partner)
    assert send_all_at_once() == []
    assert sorted(sms.texts) == sorted(f"text {number}" for number in range(MESSAGES))
    assert len(sms.asked) == MESSAGES
    assert not OutgoingMessage.objects.exclude(status="sent").exists()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="on the other engine the tests have many connections")
def test_workers_send_at_once_on_a_file(tmp_path):
    with http_gateway() as box:
        env = dict(os.environ, DATABASE_URL=f"sqlite:///{tmp_path}/m.sqlite3", DJANGO_SETTINGS_MODULE="lgnet.settings")
        env |= {"LGNET_DATA_DIR": str(tmp_path), "PYTHONPATH": str(ROOT), "LGNET_SMS_URL": box.url}
        program = [sys.executable, "-m", "tests.messaging.sending"]
        told = subprocess.run(program, env=env, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
        assert told.stdout.strip(), told.stderr
        assert json.loads(told.stdout) == [MESSAGES, []]
        assert sorted(box.texts) == sorted(f"text {number}" for number in range(MESSAGES))
        assert len(box.asked) == MESSAGES
