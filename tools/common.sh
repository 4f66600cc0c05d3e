# Shared by the scripts beside it. Source it from the repository's root.
# shellcheck shell=bash

# Some machines keep Python from remembering what it has compiled. The tests start hundreds of processes, and each would
# then spend three to eight seconds on that.
unset PYTHONDONTWRITEBYTECODE

say() { printf '\033[1m%s\033[0m\n' "$*" >&2; }

die() {
    printf 'parley: %s\n' "$*" >&2
    exit 1
}

# find_python: print a Python that is new enough. The one the tests run on comes first.
find_python() {
    local name
    for name in python3.11 python3.12 python3.13 python3; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    die "Python 3.11 or newer is needed and was not found. Install it, for example: apt-get install python3.11"
}

# missing_packages NAME…: print those that dpkg does not know as installed.
missing_packages() {
    local name
    for name in "$@"; do
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || printf '%s ' "$name"
    done
}

# need_packages NAME…: install those that are missing; without the rights to, say which and how. No service is started.
need_packages() {
    local missing as_root=()
    if ! command -v dpkg-query >/dev/null; then
        say "This is neither Debian nor Ubuntu. Please install the equivalents of: $*"
        return
    fi
    missing=$(missing_packages "$@")
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" != 0 ]; then
        if command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
            as_root=(sudo)
        else
            die "System packages are missing, and you may not install them. Ask an administrator to run:" \
                "apt-get install ${missing% }"
        fi
    fi
    say "Installing system packages: $missing"
    local output start_nothing=/usr/sbin/policy-rc.d
    output=$(mktemp)
    # Debian starts a server as soon as it is installed, unless this file forbids it. Tests start their own.
    if [ ! -e $start_nothing ]; then
        printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee $start_nothing >/dev/null
        "${as_root[@]}" chmod +x $start_nothing
        # shellcheck disable=SC2064
        trap "${as_root[*]} rm -f $start_nothing" EXIT
    fi
    case " $missing" in *" postfix "*) # only its smtp-sink is wanted, no mail server
        echo "postfix postfix/main_mailer_type select No configuration" | "${as_root[@]}" debconf-set-selections ;;
    esac
    # shellcheck disable=SC2086
    if ! { "${as_root[@]}" apt-get update -q &&
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing; } \
        >"$output" 2>&1 </dev/null; then
        tail -n 15 "$output" >&2
        die "apt-get could not install these system packages: ${missing% } (see above)."
    fi
    rm -f "$output"
    [ -z "$(trap -p EXIT)" ] || "${as_root[@]}" rm -f $start_nothing
    trap - EXIT
}

# unless_done NAME FILE… -- COMMAND…: run the command unless it has succeeded on exactly these files before.
unless_done() {
    local stamp=.venv/stamps/$1 files=() now
    shift
    while [ "$1" != -- ]; do
        files+=("$1")
        shift
    done
    shift
    now=$(cat "${files[@]}" tools/install | sha256sum)
    [ "$(cat "$stamp" 2>/dev/null)" = "$now" ] && return
    "$@"
    mkdir -p .venv/stamps
    printf '%s\n' "$now" >"$stamp"
}
