#!/usr/bin/env bash
# Debian's libraries for aarch64, to link a wheel for it on another machine (scripts/make_wheel.sh): headers and archives
# in FOLDER/usr. Nothing of the machine is changed: lists and packages stay in the folder. Needs apt-get.
#   arm_libraries.sh FOLDER
set -euo pipefail
packages=(libyaml-dev libjansson-dev libxxhash-dev libpcre2-dev libsqlite3-dev zlib1g-dev)
[ ! -e "$1/complete" ] || exit 0
command -v apt-get >/dev/null || { echo "arm_libraries: there is no apt-get" >&2; exit 1; }
mkdir -p "$1"
cd "$1"
folder=$PWD

# Of this machine's distribution, whose licences and cross compiler are used, too.
. /etc/os-release
mkdir -p lists/partial cache/archives/partial packages
echo "deb [arch=arm64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] \
http://deb.debian.org/debian ${VERSION_CODENAME:-bookworm} main" >sources.list
apt=(apt-get -qq -o "Dir::Etc::SourceList=$folder/sources.list" -o Dir::Etc::SourceParts=/dev/null
    -o "Dir::State::Lists=$folder/lists" -o "Dir::Cache=$folder/cache" -o APT::Sandbox::User=root
    -o APT::Architectures=arm64)
"${apt[@]}" update
(cd packages && "${apt[@]}" download "${packages[@]/%/:arm64}" >&2)
for package in packages/*.deb; do dpkg -x "$package" .; done
cp -r /usr/include/Random123 usr/include/
touch complete
