#!/usr/bin/env bash
# Runs the tests about processes and time again and again (4 times unless told otherwise): none may be flaky.
set -euo pipefail
cd "$(dirname "$0")/.."

rounds=${1:-4}
names=(life reload watch bad-clients bad-functions bad-neighbours hostile leftovers limits orphans reading spare runtime-behaviour wire-stopping wire-slow wire-pipelining proxy)
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
