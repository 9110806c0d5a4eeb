# Sourced by twip.sh and test, with $root and $me set: makes .venv hold what a lock says.
# shellcheck shell=sh disable=SC2154

# The stamp beside it holds the folder too, as an environment that was moved or copied still points to its old place, and what
# made it, as that writes the program.
fresh() {
  [ -x "$root/.venv/bin/python" ] &&
    { printf '%s\n' "$root" && cat "$root/.ci/setup.py" "$root/$1"; } | cmp -s - "$root/.venv/$1.stamp"
}

find_python() {
  found=
  for name in python3.14 python3.13 python3.12 python3.11 python3 python; do
    # Asking is the only proof: a version manager's shim is on PATH for versions that do not run.
    version=$("$name" -c 'import platform; print(platform.python_version())' 2>/dev/null) || continue
    case $version in
      3.1[1-9].* | 3.[2-9][0-9].*) python=$name; return ;;
    esac
    case " $found" in *" $version"*) ;; *) found="$found $version" ;; esac
  done
  echo "$me: no Python 3.11 or newer on PATH (found:${found:- none}); install one, then run this again" >&2
  return 1
}

# PATH without .venv, which may be activated: what lies in it does not outlive that it is made anew.
outside() {
  path=:$PATH:
  while case $path in *":$root/.venv/bin:"*) ;; *) false ;; esac; do
    path=${path%%":$root/.venv/bin:"*}:${path#*":$root/.venv/bin:"}
  done
  path=${path#:}
  printf '%s\n' "${path%:}"
}

set_up() { # LOCK
  fresh "$1" && return
  before=$PATH
  PATH=$(outside)
  find_python || exit 3
  "$python" "$root/.ci/setup.py" "$me" "$1" </dev/null >&2 || exit
  PATH=$before
}
