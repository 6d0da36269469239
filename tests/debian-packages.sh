#!/bin/sh
# Install Debian or Ubuntu packages, as root or through sudo; say what is missing if neither is possible.
set -eu
if [ "$(id -u)" = 0 ]; then as_root=""; elif command -v sudo >/dev/null; then as_root="sudo"; else
  echo "please install these packages and run make again: $*" >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq
$as_root apt-get install -y -qq --no-install-recommends "$@" >/dev/null
