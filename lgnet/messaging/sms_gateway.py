"""Text messages through whatever HTTP gateway the settings describe."""

import json
import re
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import urllib3
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from lgnet.core.words import one_line
from lgnet.messaging.gateway import Refused, Sent, TryAgain
from lgnet.messaging.models import OutgoingMessage

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
MOST = 64 * 1024  # bytes of an answer that are read
OURS_TO_MEND = frozenset({401, 403, 404, 405, 408, 429})  # says nothing about the message: set-up, or too many at once
NOT_TAKEN = frozenset({429, 503})
_PLACE = re.compile(r"\{(to|text|reference)\}")


@dataclass(frozen=True)
class SmsGateway:
    """One request for each message, without redirects, within a time limit; over https, save on the same machine."""

    url: str
    method: str = "POST"
    header: str = ""
    format: str = "json"
    fields: Any = None
    id_field: str = "id"
    is_safe_to_repeat: bool = False
    seconds: float = 10

    @classmethod
    def configured(cls) -> "SmsGateway":
        """The gateway of the settings. Raises ImproperlyConfigured when an address or a field cannot be right."""
        gateway = cls(**settings.SMS_GATEWAY)
        address = urlsplit(gateway.url)
        if address.scheme != "https" and not (address.scheme == "http" and address.hostname in LOOPBACK):
            raise ImproperlyConfigured("LGNET_SMS_URL has to begin with https://")
        if gateway.format not in {"json", "form"} or not isinstance(gateway.fields, dict):
            raise ImproperlyConfigured("LGNET_SMS_FORMAT is json or form, LGNET_SMS_FIELDS a JSON object")
        if gateway.header and ":" not in gateway.header:
            raise ImproperlyConfigured("LGNET_SMS_HEADER is a whole header, such as Authorization: Bearer …")
        return gateway

    def send(self, message: OutgoingMessage) -> Sent:
        """Hand the message over. Raises TryAgain or Refused."""
        status, body = self._ask(message)
        found = _id_in(body, self.id_field)
        if (200 <= status < 300 or status == 409) and found:
            return Sent(found)
        if 200 <= status < 300:
            raise TryAgain(f"{status}: no {self.id_field} in the answer", may_have_gone=True)
        words = f"{status}: {one_line(body.decode(errors='replace'))[:200]}"
        if 400 <= status < 500 and status not in OURS_TO_MEND and status != 409:
            raise Refused(words)
        raise TryAgain(words, may_have_gone=status >= 500 and status not in NOT_TAKEN)

    def _ask(self, message: OutgoingMessage) -> tuple[int, bytes]:
        content, headers = self._written(message)
        limit = urllib3.Timeout(connect=self.seconds, read=self.seconds)
        started = time.monotonic()
        try:
            with urllib3.PoolManager(retries=False, timeout=limit) as pool:
                answer = pool.request(
                    self.method, self.url, body=content, headers=headers, redirect=False, preload_content=False
                )
                return answer.status, _read(answer, started + self.seconds)
        except (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError) as problem:
            raise TryAgain(_kind(problem)) from problem
        except urllib3.exceptions.SSLError as problem:
            raise TryAgain(_kind(problem)) from problem
        except (urllib3.exceptions.HTTPError, OSError) as problem:
            raise TryAgain(_kind(problem), may_have_gone=True) from problem

    def _written(self, message: OutgoingMessage) -> tuple[bytes, dict[str, str]]:
        """The body, and the headers with our name for the message, by which the gateway knows a double."""
        values = {"to": message.to, "text": message.text, "reference": message.reference}
        fields = _filled(self.fields, values)
        headers = {"Idempotency-Key": message.reference, "Accept": "application/json"}
        if self.header:
            name, _colon, value = self.header.partition(":")
            headers[name.strip()] = value.strip()
        if self.format == "form":
            return urlencode(fields).encode(), headers | {"Content-Type": "application/x-www-form-urlencoded"}
        return json.dumps(fields).encode(), headers | {"Content-Type": "application/json"}


def _filled(template: Any, values: dict[str, str]) -> Any:
    """The template with {to}, {text} and {reference} put in, in one go: such words in a text stay as they are."""
    if isinstance(template, dict):
        return {key: _filled(value, values) for key, value in template.items()}
    if isinstance(template, list):
        return [_filled(value, values) for value in template]
    return _PLACE.sub(lambda found: values[found[1]], template) if isinstance(template, str) else template


def _read(answer: urllib3.BaseHTTPResponse, deadline: float) -> bytes:
    """What was answered, as much as is of use; a gateway that trickles is not waited for."""
    found = b""
    while len(found) < MOST and (some := answer.read1(4096)):
        found += some
        if time.monotonic() > deadline:
            raise TryAgain("the answer took too long", may_have_gone=True)
    return found


def _id_in(body: bytes, path: str) -> str:
    """The gateway's name for the message, at a path such as messages.0.id; or nothing."""
    try:
        found: Any = json.loads(body)
        for part in path.split("."):
            found = found[int(part)] if isinstance(found, list) else found[part]
    except (ValueError, KeyError, IndexError, TypeError, RecursionError):
        return ""
    return str(found)[:100] if isinstance(found, str | int) and not isinstance(found, bool) else ""


def _kind(problem: BaseException) -> str:
    """What went wrong, without the address: it may hold a secret."""
    return type(problem).__name__
