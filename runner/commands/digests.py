"""`digests`: pins the images of the stack by digest in a compose overlay, so that every machine starts the same."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from runner.commands import tables
from runner.runtimes import choose
from runner.words import counted

if TYPE_CHECKING:
    import argparse

    from runner.pinned import PinnedImage


def run(args: argparse.Namespace) -> int:
    """Exit code 0 when every image has a digest, else 1. The file has the images with a digest; without any it is not
    written.
    """
    file, images = choose.write_digests()
    if args.json:
        print(json.dumps({"file": file, "images": [asdict(image) for image in images]}, indent=2))
    else:
        _print(images, file)
    return int(not all(image.digest for image in images))


def _print(images: list[PinnedImage], file: str) -> None:
    rows = [
        (image.image, ", ".join(image.services), image.why, Text(image.digest or "none", "" if image.digest else "red"))
        for image in images
    ]
    tables.put(("image", "for", "note", "digest"), rows, names=3)
    console = Console(highlight=False, soft_wrap=True)
    missing = sum(not image.digest for image in images)
    if missing == len(images):
        console.print("no image has a digest; nothing was written")
        return
    console.print(f"written: {file}" + (f", without the digest of {counted(missing, 'image')}" if missing else ""))
    console.print("To start with it, add `digests` to HOLYSHEEP_OVERLAYS; commit the file to start the same elsewhere")
