# shellcheck shell=bash
# What the scripts beside this file share: finding what is missing on this machine, and installing it where they may.
# To be sourced by bash. Afterwards the current folder is the repository's.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '%s\n' "$*" >&2; }
give_up() { say "$*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# Prints the folder of PostgreSQL's server binaries: Debian's newest, one in the data folder, or one on the search path.
postgres_binaries() {
    local folder data=${ALPUKAT_DATA_DIR:-var}
    while read -r folder; do
        if [[ -x $folder/initdb && -x $folder/postgres ]]; then
            printf '%s\n' "$folder"
            return
        fi
    done < <({ printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV; printf '%s\n' "$data/pgsql/bin"; tr : '\n' <<<"$PATH"; } 2>/dev/null)
    return 1
}

# need PACKAGE… : notes Debian packages to be installed.
packages=()
need() { packages+=("$@"); }

need_rust() {
    have cargo || PATH=$PATH:${CARGO_HOME:-$HOME/.cargo}/bin
    have cargo || give_up "Rust is missing: see https://rustup.rs, then try again."
    # gcc only recommends the headers and start-up files without which it cannot link.
    have cc || need gcc libc6-dev
}

need_postgres() {
    postgres_binaries >/dev/null || need postgresql
}

# Installs what was noted: as root, or with a sudo that asks nothing; otherwise prints the line to run, and ends.
install_missing() {
    [[ ${#packages[@]} -gt 0 ]] || return 0
    have apt-get || give_up "Missing on this machine (by Debian's names): ${packages[*]}. Install them, then try again."
    local line="apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends ${packages[*]}"
    if [[ " ${packages[*]} " == *" postgresql "* ]]; then
        # Only the binaries are wanted: without this, Debian makes a database cluster of its own and starts it.
        local folder=/etc/postgresql-common/createcluster.d
        line="mkdir -p $folder && echo create_main_cluster=false >$folder/no-main.conf && $line"
    fi
    if [[ $(id -u) -eq 0 ]]; then
        say "Installing ${packages[*]}"
        sh -c "$line" >&2
    elif have sudo && sudo -n true 2>/dev/null; then
        say "Installing ${packages[*]} with sudo"
        sudo -n sh -c "$line" >&2
    else
        say "This machine lacks: ${packages[*]}. Run this line, then try again:"
        say
        give_up "    sudo sh -c '$line'"
    fi
    packages=()
}

# npm_package NAME VERSION : fetches exactly this version, once, into the target folder; $tools is where packages lie.
tools=${CARGO_TARGET_DIR:-$PWD/target}/tools/node_modules
npm_package() {
    local name=$1 version=$2 folder=$tools/$1
    grep -qs "\"version\": \"$version\"" "$folder/package.json" && return 0
    have npm || give_up "npm is missing, which fetches $name."
    say "Fetching $name $version from npm"
    npm install --prefix "${tools%/node_modules}" --no-save --no-audit --no-fund --ignore-scripts --loglevel=error "$name@$version" >&2 ||
        give_up "npm could not fetch $name $version: this needs a connection to its registry, once."
}
