"""A passkey authenticator of the tests' own: P-256, no attestation, as a phone would answer."""

from __future__ import annotations

import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def b64(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


class Authenticator:
    """`verifies`: it makes sure of its person. `host`: where the browser is, with port."""

    def __init__(self, host: str, *, verifies: bool = True) -> None:
        self.host, self.verifies = host, verifies
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.credential_id, self.user, self.count = secrets.token_bytes(32), b"", 0

    def makes(self, options: dict[str, Any], **forged: Any) -> dict[str, Any]:
        """A new passkey for these options."""
        self.user = urlsafe_b64decode(options["user"]["id"] + "==")
        numbers = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        attested = bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id + cbor2.dumps(cose)
        data = self._data(options["rp"]["id"], ATTESTED, forged) + attested
        response = {
            "clientDataJSON": b64(self._client("webauthn.create", options, forged)),
            "attestationObject": b64(cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})),
            "transports": ["internal"],
        }
        return self._credential(response)

    def signs(self, options: dict[str, Any], **forged: Any) -> dict[str, Any]:
        """The answer to a challenge; `forged` changes origin, challenge, rp_id or count."""
        self.count += 1
        client = self._client("webauthn.get", options, forged)
        data = self._data(options["rpId"], 0, forged)
        signature = self.key.sign(data + sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        response = {"clientDataJSON": b64(client), "authenticatorData": b64(data), "signature": b64(signature),
                    "userHandle": b64(self.user)}
        return self._credential(response)

    def _data(self, rp_id: str, flags: int, forged: dict[str, Any]) -> bytes:
        flags |= PRESENT | (VERIFIED if self.verifies else 0)
        count = forged.get("count", self.count)
        return sha256(forged.get("rp_id", rp_id).encode()).digest() + bytes([flags]) + int(count).to_bytes(4, "big")

    def _client(self, kind: str, options: dict[str, Any], forged: dict[str, Any]) -> bytes:
        told = {"type": kind, "challenge": forged.get("challenge", options["challenge"]), "crossOrigin": False,
                "origin": forged.get("origin", f"http://{self.host}")}
        return json.dumps(told).encode()

    def _credential(self, response: dict[str, Any]) -> dict[str, Any]:
        name = b64(self.credential_id)
        return {"id": name, "rawId": name, "type": "public-key", "response": response, "clientExtensionResults": {}}


async def added(browser: Any, root: str = "", **options: Any) -> Authenticator:
    """A passkey of whoever is signed in in this browser."""
    device = Authenticator(browser.host, **options)
    asked = await (await browser.send(f"{root}/security/passkeys/options")).get_json()
    body = {"challenge": asked["challenge"], "credential": device.makes(asked["options"])}
    assert (await browser.send(f"{root}/security/passkeys", body)).status_code == 200
    return device


async def shown(browser: Any, device: Authenticator, action: str = "/sign-in/passkey", **forged: Any) -> Any:
    """The passkey answers what this door asks."""
    asked = await (await browser.send(f"{action}/options")).get_json()
    return await browser.send(
        action, {"challenge": asked["challenge"], "credential": device.signs(asked["options"], **forged)}
    )
