# Debian's packages, unpacked beside the system: nothing is installed, and no script of theirs runs. Sourced.
# shellcheck shell=bash

# Why packages cannot be had here; nothing if they can.
no_packages() {
  if ! [ "$(release ID)" = debian ]; then
    echo "this is not a Debian system"
  elif ! { command -v apt-get && command -v dpkg-deb && command -v flock; } >/dev/null; then
    echo "apt-get, dpkg-deb or flock is missing"
  elif [ -z "$(mirror)" ]; then
    echo "apt has no source for $(release VERSION_CODENAME)"
  fi
}

release() { sed -n "s/^$1=\"\{0,1\}\([^\"]*\).*/\1/p" /etc/os-release 2>/dev/null; }

# Asked of apt itself, as its sources come in several forms.
mirror() {
  apt-get update --print-uris 2>/dev/null |
    sed -n "s|^'\(.*\)/dists/$(release VERSION_CODENAME)/InRelease'.*|\1|p" | sed -n 1p
}

# Prints which versions came; the rest is said on stderr.
unpack() { # WORK TREE SUITE PACKAGE=FLOOR…
  local work=$1 tree=$2 suite=$3 deb keyring
  shift 3
  mkdir -p "$work"/{lists/partial,archives/partial} "$tree"

  # Debian signs each suite with the keys of two releases; the keys of this system's own keyring decide.
  keyring=$(find /usr/share/keyrings -name 'debian-archive-keyring.[gp]*' | sed -n 1p)
  echo "deb [signed-by=$keyring] $(mirror) $suite main" >"$work/sources.list"
  # To an empty system everything is missing: what comes is whole, down to the C library.
  : >"$work/status"

  private_apt update >&2
  # shellcheck disable=SC2046
  private_apt install -y --no-install-recommends --download-only $(printf '%s\n' "$@" | cut -d= -f1) >&2
  for deb in "$work"/archives/*.deb; do
    dpkg-deb -x "$deb" "$tree"
  done
  check_floors "$@"
}

private_apt() {
  apt-get -q \
    -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=- \
    -o Dir::State="$work" -o Dir::State::lists="$work/lists" -o Dir::State::status="$work/status" \
    -o Dir::Cache="$work" -o Dir::Cache::archives="$work/archives" \
    -o APT::Sandbox::User=root -o APT::Update::Error-Mode=any -o Acquire::Retries=3 -o Acquire::Languages=none \
    -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false \
    "$@"
}

check_floors() { # PACKAGE=FLOOR…
  local pair version line=
  for pair in "$@"; do
    version=$(dpkg-deb -f "$work/archives/${pair%=*}"_*.deb Version)
    if dpkg --compare-versions "$version" lt "${pair#*=}"; then
      echo "E: ${pair%=*} $version is older than ${pair#*=}" >&2
      return 1
    fi
    line="$line${line:+, }${pair%=*} $version"
  done
  echo "$line"
}
