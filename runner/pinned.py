"""An image of the stack and the digest that it is pinned to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PinnedImage:
    """An image and the digest that it is pinned to."""

    #: The name in the compose files, with its tag.
    image: str
    #: The services that use the image.
    services: tuple[str, ...]
    #: The digest to pin; empty when it is not known.
    digest: str
    #: The digest that the registry has under this name now; empty when the registry can't be reached.
    registry: str
    #: What a person must know about the digest; empty when it was pulled and the registry has the same.
    why: str = ""

    @property
    def name(self) -> str:
        """The image's name with its digest: `registry.example/logstash@sha256:…`; empty without a digest."""
        return f"{without_tag(self.image)}@{self.digest}" if self.digest else ""


def without_tag(image: str) -> str:
    """An image's name without tag and digest. A colon before a slash is a registry's port, not a tag."""
    name = image.partition("@")[0]
    folder, slash, last = name.rpartition("/")
    return f"{folder}{slash}{last.partition(':')[0]}"
