#!/bin/sh
# hello_fastapi.sh VENV PORT: a FastAPI hello by two workers of uvicorn. Both come from PyPI, into VENV, at the first run.
set -eu
if [ ! -x "$1/bin/uvicorn" ]; then
    python3 -m venv "$1"
    "$1/bin/pip" install --quiet fastapi uvicorn
fi
cd "$(dirname "$0")"
exec "$1/bin/uvicorn" hello_fastapi:app --host 127.0.0.1 --port "$2" --workers 2 --no-access-log --log-level error
