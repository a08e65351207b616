#!/usr/bin/env bash
# Walks one patient's way through a fresh demo in a real browser, then opens every page. Needs Chromium, Node 20 and a
# network to the npm registry.
# usage: crates/server/tests/browser/run.sh [PATH-OF-TSUMUGI]   screenshots: target/browser/ (or $BROWSER_OUT)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
program=${1:-} cases=${BROWSER_CASES:-200}

if ! command -v "${CHROMIUM:-chromium}" >/dev/null; then
  apt-get install --yes --no-install-recommends chromium fonts-noto-cjk
fi
CHROMIUM=$(command -v "${CHROMIUM:-chromium}")
export CHROMIUM
npm ci --prefix "$here" --no-audit --no-fund --silent
. "$here/../demo.sh"
out=${BROWSER_OUT:-$root/target/browser}
timeout 400 node "$here/walk.mjs" "$address" "$out"
timeout 900 node "$here/check.mjs" "$address" "$out"
