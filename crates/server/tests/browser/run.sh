#!/usr/bin/env bash
# Opens every page of a fresh demo in a real browser. Needs Chromium, Node 20 and a network to the npm registry.
# usage: crates/server/tests/browser/run.sh [PATH-OF-TSUMUGI]   screenshots: target/browser/ (or $BROWSER_OUT)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../../.." && pwd)
out=${BROWSER_OUT:-$root/target/browser}
program=${1:-}

if ! command -v "${CHROMIUM:-chromium}" >/dev/null; then
  apt-get install --yes --no-install-recommends chromium fonts-noto-cjk
fi
CHROMIUM=$(command -v "${CHROMIUM:-chromium}")
export CHROMIUM
if [ -z "$program" ]; then
  (cd "$root" && cargo build --quiet --package cli)
  program=$(cd "$root" && cargo metadata --format-version 1 --no-deps | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')/debug/tsumugi
fi
npm ci --prefix "$here" --no-audit --no-fund --silent

work=$(mktemp -d)
stop() {
  if [ -n "${server:-}" ]; then
    kill -INT "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  rm -rf "$work"
}
trap stop EXIT
"$program" demo --cases "${BROWSER_CASES:-200}" --data "$work/data" --listen 127.0.0.1:0 >"$work/said" 2>"$work/errors" &
server=$!
address=
for _ in $(seq 300); do
  address=$(sed -n 's|.*\(http://127\.0\.0\.1:[0-9]*\)/.*|\1|p' "$work/said")
  [ -n "$address" ] && break
  kill -0 "$server" 2>/dev/null || { cat "$work/errors" >&2; exit 1; }
  sleep 0.1
done
[ -n "$address" ] || { echo "the demo did not say where it serves" >&2; cat "$work/errors" >&2; exit 1; }
# The demo serves while it fills the record: wait until nothing is being made any more.
for _ in $(seq 600); do
  if ! curl --silent --fail "$address/sign-in?lang=en" | grep --quiet "Synthetic cases are being made"; then break; fi
  sleep 0.2
done
node "$here/check.mjs" "$address" "$out"
