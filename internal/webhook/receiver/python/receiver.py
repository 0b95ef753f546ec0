"""A receiver of webhooks to copy: it believes what is signed, takes each
message once and notices when one is missing.

It needs the standard library alone for shared secrets; for public keys it
needs the package cryptography as well.
"""

import base64
import binascii
import hashlib
import hmac
import json
import time

TOLERANCE = 300  # how old or how early a message may be, in seconds


class Refused(Exception):
    """Not signed with a known key a moment ago. Answer 401 and say no more."""


def open_message(keys, headers, body, now=None):
    """Return the message of a request if it was signed with one of keys.

    A key is a shared secret (whsec_…) or a public key (whpk_…). Keep the old
    one beside the new one while a rotation lasts. Headers have lower-case
    names; body is what was received, byte by byte.
    """
    identity, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
        raise Refused
    if abs((time.time() if now is None else now) - int(stamp)) > TOLERANCE:
        raise Refused
    signed = f"{identity}.{stamp}.".encode() + body
    for offered in headers.get("webhook-signature", "").split(" "):
        version, _, text = offered.partition(",")
        try:
            given = base64.b64decode(text, validate=True)
        except binascii.Error:
            continue
        if any(_matches(key, version, given, signed) for key in keys):
            replay = int(headers.get("webhook-replay", "0"))
            return {**json.loads(body), "id": identity, "replay": replay}
    raise Refused


def _matches(text, version, given, signed):
    kind, _, encoded = text.partition("_")
    key = base64.b64decode(encoded)
    if kind == "whsec" and version == "v1" and key:
        return hmac.compare_digest(given, hmac.new(key, signed, hashlib.sha256).digest())
    if kind == "whpk" and version == "v1a" and len(key) == 32:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        try:
            Ed25519PublicKey.from_public_bytes(key).verify(given, signed)
        except InvalidSignature:
            return False
        return True
    return False


class Ledger:
    """Know what was received.

    Keep the same in a table of your own, in the transaction that does what the
    message asks for. A fresh one is that of a new endpoint.
    """

    def __init__(self):
        self._seen = set()
        self._epoch = 0
        self._head = 0  # up to here nothing is missing
        self._next = {}  # what came after a message that is still missing

    def take(self, message):
        """Report whether the message is new; a repeated one is answered with 2xx and ignored."""
        if message["id"] in self._seen:
            return False
        self._seen.add(message["id"])
        if self._epoch and message["epoch"] > self._epoch:
            # The chain goes on from where the restore led back to.
            self._next.clear()
            self._head = message["previousSequence"]
        self._epoch = max(self._epoch, message["epoch"])
        if message["previousSequence"] < self._head:
            return True  # a replay of what the endpoint was not sent before
        self._next[message["previousSequence"]] = message["sequence"]
        while self._head in self._next:
            self._head = self._next.pop(self._head)
        return True

    def missing(self):
        """Return (after, before), the stretch of the feed in which messages are missing, or None.

        They are on their way or, where they do not come, replayEvents brings them.
        """
        if not self._next:
            return None
        return self._head, min(self._next) + 1
