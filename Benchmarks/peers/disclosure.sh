#!/bin/sh
# disclosure.sh VENV PEER [rounds | WORK]: anoncreds_peer.py, bbs_peer.py or sdjwt_peer.py (PEER is `anoncreds`, `bbs` or `sdjwt`) with
# its packages from PyPI, which go into VENV at the first run.
set -eu
venv=$1
peer=$2
shift 2
if ! "$venv/bin/python" -c "import anoncreds, sd_jwt, ursa_bbs_signatures" 2>/dev/null; then
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet anoncreds==0.2.3 sd-jwt==0.10.4 ursa-bbs-signatures==1.0.1
fi
cd "$(dirname "$0")"
exec "$venv/bin/python" -B "${peer}_peer.py" "$@"
