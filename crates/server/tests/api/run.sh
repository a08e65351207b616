#!/usr/bin/env bash
# Sends what the OpenAPI description allows, and much that it does not, to a fresh demo: no answer may be a fault
# of the server, undocumented, or of another shape. Needs Python 3 and a network to PyPI.
# usage: crates/server/tests/api/run.sh [PATH-OF-TSUMUGI]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
program=${1:-} cases=20
tools=${SCHEMATHESIS_HOME:-$HOME/.cache/tsumugi/schemathesis}
if [ ! -x "$tools/bin/schemathesis" ]; then
  python3 -m venv "$tools"
  "$tools/bin/pip" install --quiet 'schemathesis>=4,<5'
fi
. "$here/../demo.sh"
# The demo's invented person of the centre makes a token for the programs that ask.
form_token() { sed -n 's/.*name="csrf" value="\([^"]*\)".*/\1/p' | head -n 1; }
if [ -z "${TSUMUGI_TOKEN:-}" ]; then
  sent=$(curl --silent --cookie-jar "$work/jar" "$address/sign-in" | form_token)
  curl --silent --output /dev/null --cookie "$work/jar" --cookie-jar "$work/jar" \
    --data-urlencode "csrf=$sent" --data role=centre-staff "$address/sign-in/look-in"
  sent=$(curl --silent --cookie "$work/jar" "$address/me" | form_token)
  TSUMUGI_TOKEN=$(curl --silent --cookie "$work/jar" --data-urlencode "csrf=$sent" --data "name=schemathesis&days=1" \
    --data "read-case-list=on&read-case=on&read-result=on&send-result=on&read-report=on&check-file=on&read-programme=on&search-cases=on" \
    "$address/me/tokens" | grep -o 'tsmg_[A-Za-z0-9_-]*' | head -n 1)
  [ -n "$TSUMUGI_TOKEN" ] || { echo "no token could be made" >&2; exit 1; }
fi
header=()
[ -n "${TSUMUGI_TOKEN:-}" ] && header=(--header "Authorization: Bearer $TSUMUGI_TOKEN")
cd "$work"
timeout 90 "$tools/bin/schemathesis" run "$address/api/openapi.json" --url "$address" \
  --phases examples,coverage,fuzzing --max-examples 60 --seed 20261126 --suppress-health-check all \
  --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance \
  "${header[@]}"
