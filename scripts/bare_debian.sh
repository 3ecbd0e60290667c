# Bare Debians in folders, without compilers, to install rote in. For bash scripts that source this file (by root; with
# debootstrap and the network): tests/campaign_install.sh, scripts/time_doors.sh.

bare_missing() { # says what is missing here; fails where nothing is
    local program
    if [ "$(id -u)" != 0 ]; then echo "needs root"; return 0; fi
    for program in debootstrap unshare "$@"; do
        command -v "$program" >/dev/null || { echo "$program is missing"; return 0; }
    done
    return 1
}

# SUITE KEPT ROOT: ROOT becomes a new bare Debian, a copy of KEPT/SUITE, which is made where it is not there yet.
bare_debian() {
    if [ ! -e "$2/$1/etc/debian_version" ]; then
        rm -rf --one-file-system "${2:?}/$1.part"
        debootstrap --variant=minbase "$1" "$2/$1.part" >&2 && mv "$2/$1.part" "$2/$1" || return
    fi
    rm -rf --one-file-system "$3" && cp -a "$2/$1" "$3" && mount --bind /proc "$3/proc"
}

# Nothing else of the machine is below ROOT, so nothing else is removed.
bare_remove() { # ROOT
    ! mountpoint -q "$1/proc" || umount "$1/proc" && rm -rf --one-file-system "$1"
}

# A command of sh in a Debian, with the network or without it.
in_bare() { chroot "$1" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
    DEBIAN_FRONTEND=noninteractive sh -c "$2"; }
offline() { unshare -n bash -c "$(declare -f in_bare)"'; in_bare "$@"' - "$@"; }
