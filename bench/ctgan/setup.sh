#!/bin/sh
# Makes the two environments of the peers, SCRATCH/ctgan (also the judge's) and SCRATCH/synthcity. Python 3.11, the network, 8 GB.
#   setup.sh [SCRATCH]        PYTHON names the interpreter if it is not python3.11
set -eu
here=$(cd "$(dirname "$0")" && pwd)
scratch=${1:-$here/scratch}
python=${PYTHON:-python3.11}
mkdir -p "$scratch"
for peer in ctgan synthcity; do
	"$python" -m venv "$scratch/$peer"
	"$scratch/$peer/bin/python" -m pip install --quiet --disable-pip-version-check -r "$here/requirements-$peer.txt"
done
"$scratch/ctgan/bin/python" "$here/splits.py" --scratch "$scratch"
