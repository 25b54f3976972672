#!/usr/bin/env bash
# Runs the tests about processes and time again and again (twice unless told otherwise): none may be flaky.
set -euo pipefail
cd "$(dirname "$0")/.."

rounds=${1:-2}
# The long ones first. Tables of Functions without much timing (bad-functions, runtime-behaviour) run once, in the suite.
names=(
  leftovers wire-slow hostile-channel min-instances bad-clients limits spare orphans wire-stopping hostile-process reload
  life hostile wire-limits proxy reading fuzz-processes bad-neighbours policy-pool wire-pipelining chaos watch
  last-messages blank reload-reach reload-load debugging
)
files=()
for name in "${names[@]}"; do files+=(".build/test/$name.test.js"); done
log=$(mktemp)
trap 'rm -f "$log"' EXIT

for round in $(seq "$rounds"); do
  echo "Tests about processes and time, round $round of $rounds …"
  if ! node --test --test-timeout=180000 --test-concurrency=2 "${files[@]}" >"$log" 2>&1; then
    cat "$log"
    exit 1
  fi
done
