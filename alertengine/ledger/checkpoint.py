"""Signed checkpoints (Ed25519): what the ledger said at a time, kept outside it.

Whoever holds a ledger file can recompute its chain; who holds a checkpoint that another has
kept can show that the acts up to it are still the ones that were there.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from alertengine.files import Limits, check_size, take_from_others
from alertengine.ledger.act import Act
from alertengine.ledger.canonical_bytes import as_bytes, canonical, sha256
from alertengine.vocabulary import InputError, Problem, foreign, refuse
from alertengine.vocabulary import times as clock

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from alertengine.ledger.defects import Verified

_HEX64 = r"^[0-9a-f]{64}$"


class Signable(Protocol):
    """What a checkpoint is made of: an open ledger."""

    path: Path

    @property
    def id(self) -> str:
        """Its id."""

    def last(self) -> Act | None:
        """Its last act."""


class Checkpoint(BaseModel):
    """What a checkpoint file holds; the signature is over the canonical JSON of all else."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1, 2] = 2
    ledger: str
    id: str = ""
    act: int = Field(ge=1)
    hash: str = Field(pattern=_HEX64)
    recorded_at: str
    signed_at: str
    key: str = Field(pattern=_HEX64)
    signature: str = Field(default="", pattern=r"^([0-9a-f]{128})?$")

    def signed_bytes(self) -> bytes:
        """What the signature is over; one of format 1 knew no id of the ledger."""
        return as_bytes(canonical(self.model_dump(exclude={"signature"} | ({"id"} if self.format == 1 else set()))))

    @property
    def fingerprint(self) -> str:
        """The key as people compare it: the first 16 digits of its SHA-256."""
        return sha256(bytes.fromhex(self.key))[:16]


def _needs_cryptography() -> Any:
    try:
        from cryptography.hazmat.primitives import serialization
    except ImportError:
        raise InputError([Problem("cryptography_missing", where="cryptography")]) from None
    return serialization


def make_key(path: Path) -> tuple[Path, str]:
    """Make a key: the private one at ``path`` (read by its owner alone), the public one at ``path.pub``.

    Returns the path of the public key and its fingerprint.

    Raises:
        InputError: a file is there already, or cannot be written.

    """
    serialization = _needs_cryptography()
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    beside = path.with_name(path.name + ".pub")
    made: list[Path] = []
    for file, data, mode in ((path, private, 0o600), (beside, public, 0o644)):
        try:
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
            made.append(file)
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
        except OSError as error:
            for one in made:  # half a pair is no key
                one.unlink()
            raise refuse(file, "not_a_new_file", error=error) from None
    return beside, sha256(key.public_key().public_bytes_raw())[:16]


def read_private(path: Path) -> Ed25519PrivateKey:
    """A private key of a file, which is taken from others who might read it.

    Raises:
        InputError: the file is no private key of this kind.

    """
    serialization = _needs_cryptography()
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    try:
        key = serialization.load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise refuse(path, "no_private_key", error=error if isinstance(error, OSError) else foreign(error)) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise refuse(path, "other_key_kind")
    take_from_others(path)
    return key


def read_public(path: Path) -> str:
    """A public key as 64 hexadecimal digits.

    Raises:
        InputError: the file is no public key of this kind.

    """
    serialization = _needs_cryptography()
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        key = serialization.load_pem_public_key(path.read_bytes())
    except (OSError, ValueError) as error:
        raise refuse(path, "no_public_key", error=error if isinstance(error, OSError) else foreign(error)) from None
    if not isinstance(key, Ed25519PublicKey):
        raise refuse(path, "other_key_kind")
    return key.public_bytes_raw().hex()


def sign(ledger: Signable, key: Path) -> Checkpoint:
    """A checkpoint of the ledger as it stands.

    Raises:
        InputError: the ledger has no act, or the key cannot be used.

    """
    private, last = read_private(key), ledger.last()
    if last is None:
        raise refuse(ledger.path, "no_act_to_sign")
    plain = Checkpoint(
        ledger=ledger.path.name,
        id=ledger.id,
        act=last.act,
        hash=last.hash,
        recorded_at=last.recorded_at,
        signed_at=clock.stamp(clock.now()),
        key=private.public_key().public_bytes_raw().hex(),
    )
    return plain.model_copy(update={"signature": private.sign(plain.signed_bytes()).hex()})


def checkpoint_json(checkpoint: Checkpoint) -> str:
    """A checkpoint as the text of its file."""
    return json.dumps(checkpoint.model_dump(), ensure_ascii=False, indent=2) + "\n"


def read_checkpoint(path: Path, public: str = "") -> Checkpoint:
    """Read a checkpoint and check its signature, against a known public key where one is given.

    Raises:
        InputError: no checkpoint, the signature does not hold, or another key signed it.

    """
    check_size(path, Limits.of_environment())
    try:
        checkpoint = Checkpoint.model_validate_json(path.read_bytes())
    except OSError as error:
        raise refuse(path, "checkpoint_unreadable", error=error) from None
    except ValidationError:
        raise refuse(path, "not_a_checkpoint") from None
    if public and checkpoint.key != public:
        raise refuse(path, "signed_by_other_key", value=checkpoint.fingerprint, key=sha256(bytes.fromhex(public))[:16])
    if not holds(checkpoint.key, checkpoint.signature, checkpoint.signed_bytes()):
        raise refuse(path, "signature_broken")
    return checkpoint


def holds(key: str, signature: str, data: bytes) -> bool:
    """Whether a signature over some bytes is that of a public key, both in hexadecimal digits.

    Raises:
        InputError: the extra ``sign`` is not installed.

    """
    _needs_cryptography()
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(signature), data)
    except (InvalidSignature, ValueError):
        return False
    return True


def check_against(found: Verified, ledger: str, hashes: dict[int, str], checkpoints: Sequence[Checkpoint]) -> None:
    """Whether the acts a checkpoint saw are still those; acts missing since are a change, not a torn end.

    ``ledger`` is the id of the ledger.
    """
    for checkpoint in checkpoints:
        time = checkpoint.signed_at
        if checkpoint.id and checkpoint.id != ledger:
            found.changed("identity", "checkpoint_of_another", time=time)
        if checkpoint.act not in hashes:
            last = max(hashes, default=0)
            found.changed("acts", "checkpoint_end_cut", last + 1, time=time, acts=checkpoint.act, last=last)
        elif hashes[checkpoint.act] != checkpoint.hash:
            found.changed("acts", "checkpoint_rewritten", checkpoint.act, time=time, act=checkpoint.act)
