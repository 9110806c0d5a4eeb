#!/bin/sh
# twipc from a checkout: the first use makes .venv from requirements.lock, later ones only hand over.
set -eu

file=$0
while [ -L "$file" ]; do
  link=$(readlink "$file")
  case $link in
    /*) file=$link ;;
    *) file=$(dirname "$file")/$link ;;
  esac
done
root=$(CDPATH='' cd -- "$(dirname "$file")" && pwd -P)

me=twip.sh
. "$root/.ci/setup.sh"
set_up requirements.lock

# The word order of the original: `./twip.sh train up` is `twipc up train`.
is_verb() { [ -f "$root/twipc/cli/$1.py" ]; }
if [ $# -ge 2 ] && is_verb "$2" && { ! is_verb "$1" || [ -f "specs/$1.yaml" ]; }; then
  case $1 in
    -*) ;;
    *)
      environment=$1 verb=$2
      shift 2
      set -- "$verb" "$environment" "$@"
      ;;
  esac
fi

exec "$root/.venv/bin/twipc" "$@"
