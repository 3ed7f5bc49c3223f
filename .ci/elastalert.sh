#!/usr/bin/env bash
# Makes ElastAlert 2's environment for the tests, once, from elastalert/requirements.lock; prints its Python, or says why not.
# It needs Python 3.12 or newer: the machine's own, else Debian 13's, by debootstrap (as root).
set -euo pipefail
cd "$(dirname "$0")/.."
cache=${XDG_CACHE_HOME:-$HOME/.cache}/holysheep-elk
lock=elastalert/requirements.lock
target=$cache/elastalert-$(sha256sum "$lock" | cut -c1-16)
root=$cache/debian-13-python

new_enough() { "$1" -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 12))' > /dev/null 2>&1; }

own_python() {
  local program
  for program in python3 python3.14 python3.13 python3.12 "$HOME"/.pyenv/versions/3.1[2-9]*/bin/python3; do
    if new_enough "$program"; then command -v "$program"; return; fi
  done
  return 1
}

# A Python of Debian 13 on an older Debian: it runs with its own loader and libraries, without a container.
debian_python() {
  local library=$root/usr/lib/x86_64-linux-gnu
  if [[ ! -x $root/python ]]; then
    [[ $(id -u) == 0 ]] || { echo "only root can unpack Debian 13" >&2; return 1; }
    rm -rf "$root" "$root.part"
    debootstrap --variant=minbase --include=python3,python3-venv,ca-certificates trixie "$root.part" > /dev/null
    mv "$root.part" "$root"
    printf '#!/bin/sh\nPYTHONHOME=%s exec %s/ld-linux-x86-64.so.2 --library-path %s %s/usr/bin/python3.13 "$@"\n' \
      "$root/usr" "$library" "$library" "$root" > "$root/python"
    chmod +x "$root/python"
  fi
  echo "$root/python"
}

if [[ ! -f $target/ready ]]; then
  rm -rf "$target"
  install=(-m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock")
  if python=$(own_python); then
    "$python" -m venv "$target"
    "$target/bin/python" "${install[@]}" >&2
  else
    python=$(debian_python)
    wheel=$(find "$root/usr" -name 'pip-*.whl' | head -n 1)
    PYTHONPATH=$wheel "$python" "${install[@]}" --target "$target/site" >&2
    mkdir -p "$target/bin"
    printf '#!/bin/sh\nPYTHONPATH="%s/site:$PYTHONPATH" exec %s "$@"\n' "$target" "$python" > "$target/bin/python"
    chmod +x "$target/bin/python"
  fi
  # Last: its presence says that all is there.
  touch "$target/ready"
fi
echo "$target/bin/python"
