#!/bin/sh
# Builds guarded-sh and guarded, installs them below a prefix, and proves by a replay of the incident that they stop it.
# Asks nothing, may be run again at any time, and takes back exactly what it put there.
set -eu

usage() {
  cat <<'USAGE'
Usage: ./install.sh [--prefix DIR] [--uninstall] [--help]

  --prefix DIR   where to install; default: ~/.local
  --uninstall    remove what was installed below the prefix; your policy, trail and requests stay
  --help         print this

For Linux on x86_64 or aarch64. Needs a Rust toolchain (1.88 or newer), a C compiler and bash.
USAGE
}

fail() {
  echo "install.sh: $1" >&2
  shift
  for hint in "$@"; do echo "  try: $hint" >&2; done
  exit 1
}

source=$(cd "$(dirname "$0")" && pwd)
prefix=
uninstall=false
while [ $# -gt 0 ]; do
  case $1 in
    --prefix) [ $# -ge 2 ] || { echo "install.sh: --prefix needs a folder" >&2; usage >&2; exit 2; }; prefix=$2; shift ;;
    --prefix=*) prefix=${1#--prefix=} ;;
    --uninstall) uninstall=true ;;
    --help | -h) usage; exit 0 ;;
    *) echo "install.sh: there is no option $1" >&2; usage >&2; exit 2 ;;
  esac
  shift
done
if [ -z "$prefix" ]; then
  [ -n "${HOME:-}" ] || fail "there is no HOME; say where to install" "./install.sh --prefix /usr/local"
  prefix=$HOME/.local
fi
case $prefix in
  /*) ;;
  *) prefix=$(pwd)/$prefix ;;
esac
manifest=$prefix/lib/guarded/manifest

remove_installed() {
  while IFS= read -r name; do
    rm -f "$prefix/$name"
  done <"$manifest"
  rm -f "$manifest"
  for folder in lib/guarded/bash/bin lib/guarded/bash lib/guarded; do
    rmdir "$prefix/$folder" 2>/dev/null || true
  done
}

if $uninstall; then
  if [ ! -f "$manifest" ]; then
    echo "nothing is installed below $prefix"
    exit 0
  fi
  remove_installed
  echo "removed from $prefix; your policy (~/.config/guarded) and trail (~/.local/state/guarded) are still there"
  echo "what guarded init set up leads nowhere now: agents do not start, or go unguarded; guarded uninit, before this, takes it back"
  exit 0
fi

check_machine() {
  [ "$(uname -s)" = Linux ] || fail "guarded-sh is for Linux; this is $(uname -s)"
  case $(uname -m) in
    x86_64 | aarch64) ;;
    *) fail "guarded-sh is for x86_64 and aarch64; this is $(uname -m)" ;;
  esac
  [ -x /bin/bash ] || [ -x /usr/bin/bash ] || fail "there is no bash to run allowed commands in" "apt-get install bash"
  command -v cargo >/dev/null || fail "there is no cargo, the Rust toolchain" \
    "curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs -o rustup.sh && sh rustup.sh"
  command -v cc >/dev/null || fail "there is no C compiler (cc)" "apt-get install gcc libc6-dev" "dnf install gcc"
  version=$(cargo --version | sed 's/^cargo 1\.\([0-9]*\).*/\1/')
  case $version in
    *[!0-9]* | '') ;; # not 1.x as we know it: let cargo judge
    *) [ "$version" -ge 88 ] || fail "cargo is too old: $(cargo --version); 1.88 is needed" "rustup update stable" ;;
  esac
}

# A running program is replaced by another file under its name, not written over.
put() { # put MODE FILE NAME
  mkdir -p "$prefix/$(dirname "$3")"
  cp "$2" "$prefix/$3.new"
  chmod "$1" "$prefix/$3.new"
  mv -f "$prefix/$3.new" "$prefix/$3"
  echo "$3" >>"$list"
}

link() { # link TARGET NAME
  mkdir -p "$prefix/$(dirname "$2")"
  ln -sfn "$1" "$prefix/$2"
  echo "$2" >>"$list"
}

install_files() {
  built=${CARGO_TARGET_DIR:-$source/target}/release
  put 755 "$built/guarded-sh" bin/guarded-sh
  put 755 "$built/guarded" bin/guarded
  # Several agents take a shell only if its path says bash, and fall back to /bin/bash in silence if not.
  link ../../../../bin/guarded-sh lib/guarded/bash/bin/bash
  link ../../../../bin/guarded-sh lib/guarded/bash/bin/sh
  for page in "$source"/man/*.1; do
    put 644 "$page" "share/man/man1/$(basename "$page")"
  done
  put 644 "$source/completions/guarded.bash" share/bash-completion/completions/guarded
  put 644 "$source/completions/_guarded" share/zsh/site-functions/_guarded
  put 644 "$source/completions/guarded.fish" share/fish/vendor_completions.d/guarded.fish
}

check_machine
mkdir -p "$prefix/bin" "$prefix/lib/guarded" 2>/dev/null && [ -w "$prefix/bin" ] && [ -w "$prefix/lib/guarded" ] ||
  fail "$prefix can't be written" "./install.sh --prefix \"\$HOME/.local\"" "sudo ./install.sh --prefix $prefix"
echo "building (a few minutes the first time)"
(cd "$source" && cargo build --release --locked --bins)

list=$(mktemp)
trap 'rm -f "$list"' EXIT
install_files
# What an older version put there and this one does not have goes.
if [ -f "$manifest" ]; then
  while IFS= read -r name; do
    grep -Fqx "$name" "$list" || rm -f "$prefix/$name"
  done <"$manifest"
fi
cp "$list" "$manifest"

echo "installed below $prefix; now the incident, against stub tools:"
"$source/examples/nine-seconds/run.sh" "$prefix/bin/guarded-sh" ||
  fail "the drill found a step that was not stopped; do not rely on this installation"

bash_link=$prefix/lib/guarded/bash/bin/bash
cat <<DONE

Set an agent up, and see that its commands pass:
  $prefix/bin/guarded init                     # the agents it knows
  $prefix/bin/guarded init claude-code
  $prefix/bin/guarded doctor claude-code
One command, or by hand (SHELL, PATH; docs/agents.md):
  $prefix/bin/guarded-sh -c 'rm -rf build'
  $bash_link
Ask what would happen, without running it:
  $prefix/bin/guarded check -- rm -rf /
DONE
case :$PATH: in
  *:"$prefix/bin":*) ;;
  *) echo "$prefix/bin is not on your PATH; for this shell: PATH=$prefix/bin:\$PATH" ;;
esac
