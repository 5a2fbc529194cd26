"""Signatures by keys that each person holds (Ed25519): whoever keeps accounts cannot supply three people.

A signature is an act of its own: over domain, ledger, act, the act's hash and the signature text it stands behind.
Which key is whose is told to ``verify`` by who checks, from public keys kept outside the ledger.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from alertengine.ledger.act import STEPS, Act, Head
from alertengine.ledger.canonical_bytes import DOMAIN, as_bytes, canonical, sha256
from alertengine.ledger.checkpoint import holds, read_private
from alertengine.vocabulary import Both, printed_column, refuse

if TYPE_CHECKING:
    from alertengine.ledger.defects import Verified
    from alertengine.ledger.store import Ledger

KIND: Final = "signature"
#: Where an issued draft says which act holds each step.
_STEP_ACTS: Final = {"drafted_by": "draft", "reviewed_by": "review", "approved_by": "approval"}


def _signed_bytes(ledger: str, act: Act, by: str) -> bytes:
    said = {"domain": f"{DOMAIN} signature", "ledger": ledger, "act": act.act, "hash": act.hash, "by": by}
    return as_bytes(canonical(said))


def sign_act(ledger: Ledger, number: int, by: str, key: Path) -> Act:
    """Record a person's signature of an act that carries it as text.

    Args:
        ledger: the record.
        number: the act.
        by: the signature as the act has it, ``office name``.
        key: the person's private key.

    Raises:
        InputError: no such act, it does not carry that signature, or the key cannot be used.

    """
    act, private = ledger.act(number), read_private(key)
    carried = [text for step in STEPS if (text := getattr(act, step))]
    if by not in carried:
        raise refuse(ledger.path, "not_signed_so", value=by, act=number, signatures=carried or "-")
    public = private.public_key().public_bytes_raw().hex()
    signature = private.sign(_signed_bytes(ledger.id, act, by)).hex()
    details = {"about": number, "about_hash": act.hash, "key": public, "signature": signature}
    title = f"签名第{number}号《{act.title}》，密钥{sha256(bytes.fromhex(public))[:16]}"
    return ledger.append(KIND, Head(title, drafted_by=by, details=details))


def check_signers(found: Verified, ledger: Ledger, signers: Mapping[str, str]) -> None:
    """Whether each step of each act of orders was signed by the key of the person it names.

    Args:
        found: takes what is missing.
        ledger: the record.
        signers: public keys (64 hexadecimal digits) by signature text; a person who is not named is not checked.

    """
    acts = {act.act: act for act in ledger.acts()}
    signatures = [act for act in acts.values() if act.kind == KIND]
    for act in acts.values():
        if act.kind != "issue":
            continue
        for step in STEPS:
            by = getattr(act, step)
            if by in signers:
                number = act.head.get(_STEP_ACTS[step]) if act.head.get("draft") else None
                about = acts.get(number if isinstance(number, int) and number else act.act)
                if (
                    about is None
                    or getattr(about, step) != by
                    or not _signed(ledger.id, about, by, signers[by], signatures)
                ):
                    found.note(
                        "unsigned", "acts", "not_signed_by_key", act.act, step=Both(step, printed_column(step)), by=by
                    )


def _signed(ledger: str, act: Act, by: str, key: str, signatures: list[Act]) -> bool:
    return any(
        one.head.get("about") == act.act
        and one.head.get("key") == key
        and holds(key, str(one.head.get("signature", "")), _signed_bytes(ledger, act, by))
        for one in signatures
    )
