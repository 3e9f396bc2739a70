"""Stored files: encrypted, whole or not at all, destroyed for good, keys that can be changed."""

import os
from datetime import timedelta
from time import time

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.http import Http404

from lgnet.core.ids import uuid7
from lgnet.files import vault
from lgnet.files.models import StoredFile
from lgnet.files.services import destroy_file, keep_file, missing, read_file, sweep, wrap_keys_anew
from lgnet.files.serving import file_response

TEXT = b"what the person showed " * 50


@pytest.fixture
def files(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"
    return settings.FILES_DIR


@pytest.fixture
def keep(files, outreach_operator, partner):
    def kept(content=TEXT, content_type="image/jpeg"):
        return keep_file(by=outreach_operator, partner=partner, content=content, content_type=content_type)

    return kept


def grow_old(*paths):
    for path in paths:
        os.utime(path, (time() - timedelta(days=2).total_seconds(),) * 2)


def test_what_was_stored_is_read_again_and_the_disk_tells_nothing(keep, files):
    file = keep()
    assert read_file(StoredFile.objects.get(pk=file.pk)) == TEXT
    (path,) = [path for path in files.rglob("*") if path.is_file()]
    assert path == vault.path_of(file.pk)
    on_disk = path.read_bytes()
    assert b"person" not in on_disk
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0
    again = keep()
    assert vault.path_of(again.pk).read_bytes() != on_disk  # the same content looks different each time
    assert (again.sha256, again.size) == (file.sha256, len(TEXT))


def test_bytes_that_were_changed_or_exchanged_do_not_open(keep):
    file, other = keep(), keep(b"of somebody else")
    path = vault.path_of(file.pk)
    before = path.read_bytes()
    for changed in (before[:-1] + bytes([before[-1] ^ 1]), before[:20], b"", vault.path_of(other.pk).read_bytes()):
        path.write_bytes(changed)
        with pytest.raises(vault.Unreadable):
            read_file(file)
        with pytest.raises(Http404):
            file_response(file, "x.jpg")
    StoredFile.objects.filter(pk=file.pk).update(wrapped_key=other.wrapped_key)
    path.write_bytes(before)
    with pytest.raises(vault.Unreadable):
        read_file(StoredFile.objects.get(pk=file.pk))
    path.unlink()
    with pytest.raises(vault.Unreadable):
        read_file(file)
    assert missing() == [file.pk]


def test_a_transaction_that_fails_leaves_no_row_and_the_sweep_takes_the_bytes(keep, files):
    kept = keep()
    with transaction.atomic():
        lost = keep()
        transaction.set_rollback(True)
    assert StoredFile.objects.get() == kept
    assert vault.path_of(lost.pk).exists()
    half = vault.path_of(lost.pk).with_suffix(".new")
    half.write_bytes(b"the power went")
    assert sweep() == 0  # it may be of a transaction that has not ended
    grow_old(vault.path_of(lost.pk), half, vault.path_of(kept.pk))
    assert sweep() == 2
    assert [path for path in files.rglob("*") if path.is_file()] == [vault.path_of(kept.pk)]


def test_what_is_none_of_ours_is_left_alone(keep, files):
    kept = vault.path_of(keep().pk)
    misplaced = files / "zz" / uuid7().hex
    foreign = [kept.parent / name for name in ("notes.txt", "notes.new", f"{uuid7()}", f"{uuid7().hex}.bak")]
    folders = [vault.path_of(uuid7()), files / "other" / "folder"]
    for folder in (*folders, misplaced.parent):
        folder.mkdir(parents=True)
    for path in (*foreign, misplaced):
        path.write_bytes(b"of somebody else")
    grow_old(*foreign, misplaced, *folders)
    assert sweep() == 0
    assert all(path.exists() for path in (*foreign, misplaced, *folders, kept))


def test_a_file_that_goes_while_it_is_looked_at_stops_no_sweep(keep, monkeypatch):
    lost = [vault.path_of(keep().pk) for _turn in range(2)]
    keep()
    grow_old(*lost)
    StoredFile.objects.filter(pk__in=[path.name for path in lost]).delete()
    found = list(vault.stored())
    monkeypatch.setattr(vault, "stored", lambda: iter(found))
    lost[0].unlink()
    assert sweep() == 1
    assert not lost[1].exists()


def test_the_wrong_database_removes_nothing(keep):
    path = vault.path_of(keep().pk)
    grow_old(path)
    StoredFile.objects.all().delete()
    with pytest.raises(CommandError, match="knows of none"):
        call_command("sweep_files")
    assert path.exists()


def test_a_destroyed_file_is_gone_for_good(keep, outreach_operator, django_capture_on_commit_callbacks):
    file, path = keep(), None
    path = vault.path_of(file.pk)
    copy = path.read_bytes()
    with django_capture_on_commit_callbacks(execute=True):
        destroy_file(by=outreach_operator, file=file)
        assert path.exists()  # until the transaction has ended well
    assert not path.exists()
    file.refresh_from_db()
    assert (file.wrapped_key, file.destroyed_by) == (None, outreach_operator)
    path.write_bytes(copy)  # as an old backup would
    with pytest.raises(vault.Unreadable):
        read_file(file)
    assert missing() == []
    grow_old(path)
    assert sweep() == 1


def test_a_row_has_its_key_as_long_as_the_file_lives(keep):
    file = keep()
    with pytest.raises(IntegrityError), transaction.atomic():
        StoredFile.objects.filter(pk=file.pk).update(wrapped_key=None)


def test_the_key_of_the_installation_can_be_changed(keep, settings, capsys):
    first = keep()  # under the key that follows from the secret key
    settings.FILE_KEY = "one-long-key"
    second = keep()
    assert first.key_id != second.key_id
    assert read_file(first) == read_file(second) == TEXT
    settings.FILE_KEY, settings.OLD_FILE_KEYS = "another-long-key", ["one-long-key"]
    assert read_file(second) == TEXT
    call_command("sweep_files", "--new-key", "--check")
    settings.OLD_FILE_KEYS, settings.SECRET_KEY = [], "a new secret key"
    assert {read_file(file) for file in StoredFile.objects.all()} == {TEXT}
    assert wrap_keys_anew() == 0
    settings.FILE_KEY = "a key that was never used"
    with pytest.raises(CommandError, match="2 files cannot be read"):
        call_command("sweep_files", "--check")


def test_given_out_it_is_kept_by_no_cache_and_run_by_no_browser(keep):
    answer = file_response(keep(), 'a "name"\r\nX-Odd: 1.jpg')
    assert answer.content == TEXT
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "private, no-store")
    assert answer["Content-Disposition"].startswith("inline;")
    assert "X-Odd" not in answer
    page = file_response(keep(b"<script>", "text/html"), "page.html")
    assert page["Content-Disposition"].startswith("attachment;")
