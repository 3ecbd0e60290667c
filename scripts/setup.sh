#!/usr/bin/env bash
# Installs what rote needs and this machine lacks. Looks for headers, not packages, so it is quick when all is there.
#   setup.sh           what `make` needs, and what the demo likes to have
#   setup.sh --tests   what `make check` needs too
#   setup.sh --all     what `make check-all` needs too
#   setup.sh --look    installs nothing: fails with a hint where something needed is missing
set -u
mode=${1:-}
cc=${CC:-gcc}

# kind  what            header or program      Debian             Fedora             Homebrew
needed='
program gcc             gcc                    gcc                gcc                gcc
header  libc            stdio.h                libc6-dev          glibc-devel        -
header  OpenMP          omp.h                  gcc                gcc                libomp
header  libyaml         yaml.h                 libyaml-dev        libyaml-devel      libyaml
header  jansson         jansson.h              libjansson-dev     jansson-devel      jansson
header  xxHash          xxhash.h               libxxhash-dev      xxhash-devel       xxhash
header  zlib            zlib.h                 zlib1g-dev         zlib-devel         zlib
header  PCRE2           pcre2.h                libpcre2-dev       pcre2-devel        pcre2
header  SQLite          sqlite3.h              libsqlite3-dev     sqlite-devel       sqlite
header  Random123       Random123/philox.h     librandom123-dev   Random123-devel    -
'
tests='
header  cmocka          cmocka.h               libcmocka-dev      libcmocka-devel    cmocka
library OpenBLAS        libopenblas.so.0       libopenblas0-pthread  openblas-serial openblas
program clang-format    clang-format           clang-format       clang-tools-extra  clang-format
program sqlite3         sqlite3                sqlite3            sqlite             sqlite
program xz              xz                     xz-utils           xz                 xz
'
all='
program clang           clang                  clang              clang              llvm
program clang-tidy      clang-tidy             clang-tidy         clang-tools-extra  llvm
library libomp          libomp.so.5            libomp-dev         libomp-devel       libomp
program aarch64-gcc     aarch64-linux-gnu-gcc  gcc-aarch64-linux-gnu  gcc-aarch64-linux-gnu  -
header  aarch64-libc    /usr/aarch64-linux-gnu/include/stdio.h  libc6-dev-arm64-cross  -  -
program qemu            qemu-aarch64-static    qemu-user-static   qemu-user-static   -
program valgrind        valgrind               valgrind           valgrind           -
program chromium        chromium               chromium           chromium           -
program Slurm           /usr/sbin/slurmctld    slurm-wlm          slurm              -
program munge           /usr/sbin/munged       munge              munge              -
program MPICH           mpicc.mpich            libmpich-dev       mpich-devel        -
'
demo='
program gnuplot         gnuplot                gnuplot-nox        gnuplot            gnuplot
'

has() { # kind, header or program
    case $1 in
    program) command -v "$2" >/dev/null 2>&1 ;;
    header)
        case $2 in
        /*) [ -e "$2" ] ;;
        *) printf '#include <stddef.h>\n#include <stdarg.h>\n#include <stdint.h>\n#include <setjmp.h>\n#include <%s>\n' "$2" |
            "$cc" -fopenmp -DPCRE2_CODE_UNIT_WIDTH=8 -fsyntax-only -xc - 2>/dev/null ;;
        esac ;;
    library) # the loader's list, or the folders where it and clang look
        { ldconfig -p 2>/dev/null || /sbin/ldconfig -p 2>/dev/null; } | grep -q "$2" ||
            ls /usr/lib/llvm-*/lib/"$2" >/dev/null 2>&1 ;;
    esac
}

missing() { # table, column of the package name -> one package a line
    printf '%s\n' "$1" | while read -r kind _ probe debian fedora brew; do
        [ -n "$kind" ] || continue
        has "$kind" "$probe" && continue
        case $2 in debian) echo "$debian" ;; fedora) echo "$fedora" ;; brew) echo "$brew" ;; esac
    done | grep -v '^-$' | sort -u | tr '\n' ' '
}

tables=$needed
case $mode in
'') tables+=$demo ;;
--tests) tables+=$demo$tests ;;
--all) tables+=$demo$tests$all ;;
--look) ;;
*) echo "setup.sh: '$mode' is none of --tests, --all, --look" >&2; exit 2 ;;
esac

packages=$(missing "$tables" debian)
[ -n "$packages" ] || exit 0

if [ "$mode" = --look ]; then
    echo "rote: missing to build: ${packages% }" >&2
    echo "rote: run \"make setup\" (on Debian and Ubuntu it installs them; elsewhere it says what to install)" >&2
    exit 1
fi

if command -v apt-get >/dev/null 2>&1; then
    sudo=
    if [ "$(id -u)" != 0 ]; then
        if command -v sudo >/dev/null 2>&1; then sudo=sudo; else
            echo "rote: to install as root: apt-get install ${packages% }" >&2
            exit 1
        fi
    fi
    echo "rote: installing ${packages% }" >&2
    # shellcheck disable=SC2086  # word splitting is wanted: a list of packages
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get update -qq &&
        $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages >&2 || {
        echo "rote: apt-get failed; needed are: ${packages% }" >&2
        exit 1
    }
    exit 0
fi

echo "rote: please install, then run this again:" >&2
echo "  Debian, Ubuntu:  apt-get install $packages" >&2
echo "  Fedora:          dnf install $(missing "$tables" fedora)" >&2
echo "  Homebrew:        brew install $(missing "$tables" brew)" >&2
has header Random123/philox.h ||
    echo "  Random123 is headers alone; without a package: github.com/DEShawResearch/random123" >&2
[ -z "$(missing "$needed" debian)" ] # only what is optional is missing: go on
