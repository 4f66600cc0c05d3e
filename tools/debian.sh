# A Debian in a folder ($root), for the scripts that try things on one. Source it after common.sh.
# shellcheck shell=bash

RELEASE=bookworm

# make_root OPTION…: debootstrap's smallest Debian in $root, from this machine's mirror.
make_root() {
    local mirror
    mirror=$(find_mirror)
    quietly debootstrap --variant=minbase "$@" "$RELEASE" "$root" ${mirror:+"$mirror"}
}

# take_configuration: where packages come from, as on this machine: for apt, pip and npm, and whom they trust.
take_configuration() {
    local path paths=(/etc/hosts /etc/resolv.conf /usr/local/share/ca-certificates)
    local pip_and_npm=(/etc/pip.conf /etc/xdg/pip /root/.config/pip /root/.pip /root/.npmrc)
    if . /etc/os-release && [ "${VERSION_CODENAME:-}" = $RELEASE ]; then
        rm -f "$root/etc/apt/sources.list"
        paths+=(/etc/apt/{sources.list,sources.list.d,trusted.gpg,trusted.gpg.d,keyrings,auth.conf,auth.conf.d,preferences.d})
    fi
    apt-config dump | grep -E '^Acquire::(http|https|ftp|Check-|Retries)' >"$root/etc/apt/apt.conf.d/99host" || true
    mapfile -t -O "${#paths[@]}" paths < <(list_settings | sed -n 's/^[^=]*=\(\/.*\)/\1/p')
    # What pip and npm are told of on this machine: certificates, constraints, packages.
    mapfile -t -O "${#paths[@]}" paths < <(grep -rohsE '/[A-Za-z0-9._/-]+' "${pip_and_npm[@]}")
    for path in "${pip_and_npm[@]}" "${paths[@]}"; do
        show_inside "$path"
    done
}

# show_inside PATH: have it at the same place in the root: a copy, or, of folders of packages, a view.
show_inside() {
    local path
    path=$(realpath -sq "$1") && [ -e "$path" ] && [[ "$path" == /*/* ]] || return 0
    if [ -f "$path" ] || [[ "$path" =~ ^/(etc|root|usr)/ ]]; then
        mkdir -p "$root$(dirname "$path")"
        cp -RL --remove-destination "$path" "$root$(dirname "$path")/" # what is a link here may lead nowhere there
        return
    fi
    [[ "$path" != /*/*/* ]] || path=$(dirname "$path") # what an index names lies beside it
    mkdir -p "$root$path"
    mount --bind "$path" "$root$path"
    mount -o remount,bind,ro "$root$path"
}

# list_settings: what in the environment tells of proxies, registries and certificates.
list_settings() {
    env | grep -iE '^([a-z]+_proxy|(pip|npm_config)_[a-z_]+|[a-z_]*(cert|ca_?bundle|cainfo)[a-z_]*)=' || true
}

find_mirror() {
    # shellcheck disable=SC2016 # apt fills these in
    apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' | sed -n "s/ $RELEASE\$//p" | head -n 1
}

quietly() {
    local output
    output=$("$@" 2>&1) || { tail -n 15 <<<"$output" >&2; die "$1 failed (see above)."; }
}
