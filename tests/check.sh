#!/bin/sh
# `make check`: run every check, then list what failed; never stop at the first.
bin="$1"
failed=""
run() {
  name="$1"
  shift
  if output=$("$@" 2>&1); then
    echo "ok    $name"
  else
    echo "FAIL  $name"
    echo "$output" | sed 's/^/      /'
    failed="$failed $name"
  fi
}
run style "$bin/ruff" check src tests benchmarks
run format "$bin/ruff" format --check --quiet src tests benchmarks
run layers "$bin/lint-imports"
run content "$bin/impact" check
run documents "$bin/python" -m pytest -q tests/docs
if [ -n "$failed" ]; then
  echo "failed:$failed"
  exit 1
fi
