#!/bin/sh
# Makes bench/quality/.venv with the pinned packages. Needs Python 3.11 or later, named by PYTHON if it is not python3.
set -eu
cd "$(dirname "$0")"
python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
	echo "setup: $python is missing or older than 3.11; say PYTHON=python3.12 $0" >&2
	exit 1
}
"$python" -m venv .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
echo "Ready: .venv/bin/python judge.py, run.py, table.py, verify.py"
