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
header=()
[ -n "${TSUMUGI_TOKEN:-}" ] && header=(--header "Authorization: Bearer $TSUMUGI_TOKEN")
cd "$work"
timeout 90 "$tools/bin/schemathesis" run "$address/api/openapi.json" --url "$address" \
  --phases examples,coverage,fuzzing --max-examples 60 --seed 20261126 --suppress-health-check all \
  --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance \
  "${header[@]}"
