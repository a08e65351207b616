#!/usr/bin/env bash
# Sends what the OpenAPI description allows, and much that it does not, to a fresh demo: no answer may be a fault
# of the server, undocumented, or of another shape. Needs Python 3 and a network to PyPI.
# usage: crates/server/tests/api/run.sh [PATH-OF-TSUMUGI]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../../.." && pwd)
program=${1:-}
tools=${SCHEMATHESIS_HOME:-$HOME/.cache/tsumugi/schemathesis}
if [ ! -x "$tools/bin/schemathesis" ]; then
  python3 -m venv "$tools"
  "$tools/bin/pip" install --quiet 'schemathesis>=4,<5'
fi
if [ -z "$program" ]; then
  (cd "$root" && cargo build --quiet --package cli)
  program=$(cd "$root" && cargo metadata --format-version 1 --no-deps | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')/debug/tsumugi
fi

work=$(mktemp -d)
stop() {
  if [ -n "${server:-}" ]; then
    kill -INT "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  rm -rf "$work"
}
trap stop EXIT
"$program" demo --cases 20 --data "$work/data" --listen 127.0.0.1:0 >"$work/said" 2>"$work/errors" &
server=$!
address=
for _ in $(seq 300); do
  address=$(sed -n 's|.*\(http://127\.0\.0\.1:[0-9]*\)/.*|\1|p' "$work/said")
  [ -n "$address" ] && break
  kill -0 "$server" 2>/dev/null || { cat "$work/errors" >&2; exit 1; }
  sleep 0.1
done
[ -n "$address" ] || { echo "the demo did not say where it serves" >&2; cat "$work/errors" >&2; exit 1; }
# The demo's invented person of the centre makes a token for the programs that ask.
form_token() { sed -n 's/.*name="csrf" value="\([^"]*\)".*/\1/p' | head -n 1; }
if [ -z "${TSUMUGI_TOKEN:-}" ]; then
  sent=$(curl --silent --cookie-jar "$work/jar" "$address/sign-in" | form_token)
  curl --silent --output /dev/null --cookie "$work/jar" --cookie-jar "$work/jar" \
    --data-urlencode "csrf=$sent" --data role=centre-staff "$address/sign-in/look-in"
  sent=$(curl --silent --cookie "$work/jar" "$address/me" | form_token)
  TSUMUGI_TOKEN=$(curl --silent --cookie "$work/jar" --data-urlencode "csrf=$sent" --data "name=schemathesis&days=1" \
    --data "read-case-list=on&read-case=on&read-result=on&send-result=on&read-report=on&check-file=on&read-programme=on" \
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
