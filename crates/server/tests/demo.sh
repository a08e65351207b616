# Serves a fresh demo for a test that asks over HTTP; sourced, with $program and $cases set.
# Leaves $address, and stops and removes everything when the shell ends.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
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
"$program" demo --cases "$cases" --data "$work/data" --listen 127.0.0.1:0 >"$work/said" 2>"$work/errors" &
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
