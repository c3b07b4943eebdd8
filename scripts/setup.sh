#!/usr/bin/env bash
# Creates .venv and installs pinned, hash-checked requirements into it.
# usage: scripts/setup.sh core|dev
set -euo pipefail
cd "$(dirname "$0")/.."

find_python() {
    for python in "${PYTHON:-}" python3.11 python3.12 python3.13 python3; do
        if [ -n "$python" ] && command -v "$python" >/dev/null &&
            "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
            command -v "$python"
            return
        fi
    done
    echo "Doseline needs Python 3.11 or later. On Debian: apt-get install python3" >&2
    exit 1
}

need_venv_module() {
    if ! "$1" -c 'import ensurepip, venv' 2>/dev/null; then
        echo "Installing the system package python3-venv (Python cannot make a .venv without it)." >&2
        if [ "$(id -u)" = 0 ]; then
            apt-get update -q && apt-get install -y -q python3-venv
        else
            sudo apt-get update -q && sudo apt-get install -y -q python3-venv
        fi
    fi
}

if [ ! -x .venv/bin/python ]; then
    python=$(find_python)
    need_venv_module "$python"
    echo "Creating .venv with $("$python" --version)" >&2
    "$python" -m venv .venv
fi
pip=(.venv/bin/python -m pip --disable-pip-version-check --quiet)
echo "Installing pinned requirements ($1)" >&2
"${pip[@]}" install --require-hashes -r "requirements/$1.txt"
"${pip[@]}" install --no-deps --no-build-isolation --editable .
