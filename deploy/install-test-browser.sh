#!/usr/bin/env bash
# Installs Chromium for the tests of the console, on Debian or Ubuntu, as root. Does nothing when it
# is there.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

command -v chromium >/dev/null && exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "install Chromium by hand, or set CHROMIUM to the path of a Chromium or Chrome" >&2
  exit 1
fi
apt-get update -qq
apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null
echo "$(chromium --version --no-sandbox) is installed"
