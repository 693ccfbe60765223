#!/bin/sh
# cedar_engine.sh VENV WORK FOLDER: cedar_engine.py with cedarpy of the system's Python, or from PyPI, into VENV, at the first run.
set -eu
python=python3
if ! python3 -c "import cedarpy" 2>/dev/null; then
    python=$1/bin/python
    if ! "$python" -c "import cedarpy" 2>/dev/null; then
        python3 -m venv "$1"
        "$1/bin/pip" install --quiet cedarpy
    fi
fi
cd "$(dirname "$0")"
exec "$python" -B cedar_engine.py "$2" "$3"
