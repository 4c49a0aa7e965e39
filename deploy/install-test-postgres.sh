#!/usr/bin/env bash
# Installs PostgreSQL and the pgvector extension for the tests, on Debian or Ubuntu, as root.
# Does nothing when they are there. The tests start a server of their own in a temporary folder;
# this script starts none.
#
# Debian 12 ships no pgvector package, so it is built from Debian 13's source package against
# Debian 12's PostgreSQL; the machine's own package lists are left as they are.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

installed() { # whether the newest PostgreSQL on the machine has the extension
  local libraries
  libraries=$(pg_config --pkglibdir 2>/dev/null) && [ -f "$libraries/vector.so" ]
}

if installed; then
  echo "pgvector is installed for $(pg_config --version)"
  exit 0
fi
if ! command -v apt-get >/dev/null; then
  echo "no apt-get here: install PostgreSQL 15 or later with pgvector by hand," \
    "or set CONSILIUM_TEST_DB_URL to a database the tests may use" >&2
  exit 1
fi
if [ "$(id -u)" != 0 ]; then
  echo "run as root: sudo $0" >&2
  exit 1
fi

apt-get update -qq
server=$(apt-cache depends postgresql | sed -n 's/^  Depends: \(postgresql-[0-9]*\)$/\1/p' | head -n 1)
if [ -z "$server" ]; then
  echo "the package lists know no 'postgresql'; check /etc/apt/sources.list" >&2
  exit 1
fi

if apt-cache show "$server-pgvector" >/dev/null 2>&1; then
  apt-get install -y -qq --no-install-recommends \
    "$server" "$server-pgvector" libpq-dev >/dev/null # libpq-dev brings pg_config
  installed && exit 0
  echo "$server-pgvector was installed, but pg_config does not find vector.so" >&2
  exit 1
fi

apt-get install -y -qq --no-install-recommends \
  "$server" "postgresql-server-dev-${server#postgresql-}" gcc make >/dev/null

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
mkdir -p "$work/lists/partial" "$work/source"
mirror=$(apt-get indextargets --format '$(CODENAME) $(REPO_URI)' 'Created-By: Packages' |
  awk '$1 == "bookworm" { print $2; exit }')
key=$(dpkg -L debian-archive-keyring | grep -m1 'debian-archive-keyring.gpg$')
if [ -z "$mirror" ]; then
  echo "this release has no pgvector package and is not Debian 12: build pgvector from its source" >&2
  exit 1
fi
# the machine's own Debian mirror, a newer suite, sources only
echo "deb-src [signed-by=$key] $mirror trixie main" >"$work/src.list"
apt=(apt-get -o Dir::Etc::sourcelist="$work/src.list" -o Dir::Etc::sourceparts=-
  -o Dir::State::lists="$work/lists" -o APT::Sandbox::User=root)
"${apt[@]}" update -qq
(cd "$work" && "${apt[@]}" source --download-only -qq pgvector)
tar xzf "$work"/pgvector_*.orig.tar.gz -C "$work/source" --strip-components=1
# OPTFLAGS="": no -march=native; with_llvm=no: no bitcode, so no clang
make -s -C "$work/source" -j2 OPTFLAGS="" with_llvm=no PG_CONFIG=pg_config >/dev/null
make -s -C "$work/source" install with_llvm=no PG_CONFIG=pg_config >/dev/null
installed
echo "pgvector is installed for $(pg_config --version)"
