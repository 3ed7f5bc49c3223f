"""One seal: what a closed day's index held, and the hash of the seal before it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from generator.errors import UserError
from runner.cluster.digest import canonical, digest

if TYPE_CHECKING:
    from runner.host.keyring import Keyring

Json = dict[str, Any]
#: `previous` of the first seal.
FIRST: Final = "0" * 64
#: So that no HMAC of something else can be passed off as a seal's.
_PURPOSE: Final = b"holysheep seal 1\n"


@dataclass(frozen=True)
class Seal:
    """A seal, as it stands in the file and in the index."""

    #: Place in the chain, from 1.
    number: int
    index: str
    #: UTC day of the index: 2026-11-25.
    day: str
    sealed_at: str
    documents: int
    #: Root of the Merkle tree over `_id` and digest of each document, in order of `_id`.
    root: str
    #: Digest of the seal before, its HMAC included.
    previous: str
    #: Number of the seal of this index that this one replaces; 0 for the first.
    replaces: int = 0
    #: Documents that came, were changed and went since the seal that this one replaces.
    added: int = 0
    changed: int = 0
    removed: int = 0
    #: Runs of lawful changes that explain them.
    runs: tuple[str, ...] = ()
    #: Why differences that nothing explains were sealed all the same; empty when there were none.
    accepted: str = ""
    by: str = ""
    key: str = ""
    hmac: str = ""

    @property
    def message(self) -> bytes:
        """What the HMAC is made of: everything but the HMAC."""
        return _PURPOSE + canonical({name: value for name, value in self.as_json().items() if name != "hmac"})

    @property
    def hash(self) -> str:
        """What the next seal has as `previous`."""
        return digest(self.as_json())

    def as_json(self) -> Json:
        """The seal as the file has it."""
        return asdict(self) | {"runs": list(self.runs)}

    def signed(self, keyring: Keyring) -> Seal:
        """The seal with the HMAC of the key in force."""
        named = replace(self, key=keyring.current, hmac="")
        return replace(named, hmac=keyring.sign(named.message))

    def line(self) -> str:
        """One line of the file."""
        return json.dumps(self.as_json(), sort_keys=True, ensure_ascii=False)


def of(part: Any, where: str) -> Seal:  # noqa: ANN401 - any JSON
    """The seal of a JSON object. UserError when it is none."""
    types = {name: type(default) for name, default in asdict(_SHAPE).items()}
    fits = isinstance(part, dict) and part.keys() == types.keys()
    if not fits or any(not isinstance(part[name], list if kind is tuple else kind) for name, kind in types.items()):
        raise UserError("this is no seal", where=where)
    return Seal(**(part | {"runs": tuple(map(str, part["runs"]))}))


def parse(text: str, where: str) -> Seal:
    """The seal of a line. UserError when it is none."""
    try:
        part = json.loads(text)
    except ValueError:
        raise UserError("this is no seal", where=where) from None
    return of(part, where)


_SHAPE: Final = Seal(0, "", "", "", 0, "", "")
