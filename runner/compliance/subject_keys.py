"""The keys of users with `privacy.user_ids: hmac`: whose key is destroyed, their pseudonym is nobody's.

logstash/ruby/holysheep/subject_file.rb writes the file; pseudonyms.rb makes the same values. A line is a look-up value
(32 digits) and a key (64 digits), both hexadecimal.
"""

from __future__ import annotations

import fcntl
import hmac
import os
import re
import secrets
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

from generator.errors import UserError
from runner.host.files import PRIVATE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

#: As in logstash/ruby/holysheep/keyed_hash.rb and client/holysheep/privacy.py.
DIGITS: Final = 16
#: Names the file for the filter and for `erase`.
VARIABLE: Final = "HOLYSHEEP_SUBJECT_KEYS_FILE"
#: The file's name, in a folder of its own.
NAME: Final = "subject_keys"
_LOOKUP: Final = "holysheep subject\n"
_KEY: Final = "holysheep subject key\n"
_LOOKUP_DIGITS: Final = 32
_LINE: Final = re.compile(rb"([0-9a-f]{32}) ([0-9a-f]{64})\n")
_HASHED: Final = re.compile(r"[0-9a-fA-F]{16}")


@dataclass(frozen=True)
class SubjectKey:
    """A user's key in the file: by what it is found, and what it makes of the user."""

    lookup: str
    #: How documents have the user.
    pseudonym: str
    #: The user in the register of erasures; nobody can make it any more without the key.
    register_hash: str


def user_hash(key: bytes, name: str) -> str:
    """A user by the privacy key alone, as the client writes it: the first 16 hex digits of HMAC-SHA256."""
    return hmac.new(key, name.encode("utf-8", "surrogatepass"), "sha256").hexdigest()[:DIGITS]


def lookup(privacy_key: bytes, user: str) -> str:
    """By what a user's key is found. `user`: as `user_hash` makes it."""
    return _hex(privacy_key, _LOOKUP + user)[:_LOOKUP_DIGITS]


def pseudonym(privacy_key: bytes, key: str, user: str) -> str:
    """What documents have for a user. `key`: of the file; `user`: as `user_hash` makes it."""
    return _hex(_own(privacy_key, key), user)[:DIGITS]


def of_user(path: Path | None, privacy_keys: Collection[bytes], name: str) -> tuple[SubjectKey, ...]:
    """The keys of a user, one for each privacy key in whose time lines were read; none without a file.

    UserError when the file can't be read.
    """
    hashes = [user_hash(key, name) for key in privacy_keys]
    if _HASHED.fullmatch(name):
        hashes.append(name)
    wanted = {lookup(key, user): (key, user) for key in privacy_keys for user in hashes}
    found: dict[str, SubjectKey] = {}
    if path is None:
        return ()
    try:
        with path.open("rb") as file:
            for line in file:
                # Of two keys of one user the first holds, as for the filter.
                if (match := _LINE.fullmatch(line)) and (place := match[1].decode()) in wanted and place not in found:
                    privacy_key, user = wanted[place]
                    key = match[2].decode()
                    register = _hex(_own(privacy_key, key), f"erasure:user:{name}")
                    found[place] = SubjectKey(place, pseudonym(privacy_key, key, user), register)
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise _unreadable(path, error) from None
    return tuple(found.values())


def destroy(path: Path, lookups: Collection[str]) -> int:
    """Put a file without these keys in place of the old one, and overwrite their bytes in the old one.

    Returns how many lines were destroyed. A process that reads the file goes over to the new one within a second.
    UserError when the file can't be changed.
    """
    gone = {place.encode() for place in lookups}
    try:
        with _locked(path), path.open("r+b") as old:
            places = _copy_others(path, old, gone)
            for start, size in places:
                old.seek(start)
                old.write(secrets.token_hex(size).encode()[: size - 1] + b"\n")
            old.flush()
            os.fsync(old.fileno())
    except OSError as error:
        raise _unreadable(path, error) from None
    return len(places)


def _copy_others(path: Path, old: BinaryIO, gone: Collection[bytes]) -> list[tuple[int, int]]:
    """Replace the file by one without the lines that are to go. Returns start and bytes of these in the old one."""
    places = []
    new_path = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(new_path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE), "wb") as new:
            start = 0
            for line in old:
                if line[:_LOOKUP_DIGITS] in gone:
                    places.append((start, len(line)))
                else:
                    new.write(line)
                start += len(line)
            new.flush()
            _same_owner(old, new.fileno())
            os.fsync(new.fileno())
        new_path.replace(path)
    finally:
        new_path.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return places


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Keep the filter from adding a line, which the new file would lack."""
    lock = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT, PRIVATE)
    try:
        with path.open("rb") as file:
            _same_owner(file, lock)
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _same_owner(file: BinaryIO, other: int) -> None:
    """Give a file that root makes to whom the filter's file belongs: else the filter could not write any more."""
    was = os.fstat(file.fileno())
    if os.getuid() == 0:
        os.fchown(other, was.st_uid, was.st_gid)


def _own(privacy_key: bytes, key: str) -> bytes:
    return _hex(privacy_key, _KEY + key).encode()


def _hex(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode("utf-8", "surrogatepass"), "sha256").hexdigest()


def _unreadable(path: Path, error: OSError) -> UserError:
    return UserError(f"can't be used: {error.strerror}", where=str(path), hint="run this as the file's owner")
