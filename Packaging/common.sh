# shellcheck shell=bash
# What Packaging/run and Tests/run share: the packages and the compiler that a build needs.

# The first Swift that knows every setting in Package.swift.
readonly SWIFT_NEEDED=6.2

# The packages that a build needs on Debian and Ubuntu.
# shellcheck disable=SC2034  # read by the scripts that source this file
readonly BUILD_PACKAGES=(libgcrypt20-dev libsystemd-dev libsqlite3-dev pkg-config)

# What the Debian packages are made with.
# shellcheck disable=SC2034  # likewise
readonly DEB_PACKAGES=(chrpath debhelper dpkg-dev)

# What the programs need when they run: the time zones, which a minimal container does not have.
# shellcheck disable=SC2034  # likewise
readonly RUN_PACKAGES=(tzdata)

say() { printf '%s\n' "$*"; }

# die CODE TEXT…: says why on stderr and ends with CODE.
die() {
    local code=$1
    shift
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit "$code"
}

# need_packages NAME…: installs those that are missing, through apt, as root or with sudo.
need_packages() {
    local missing=() name as_root=()
    for name in "$@"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] ||
            missing+=("$name")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    command -v apt-get >/dev/null ||
        die 1 "these Debian packages, or what your system has for them, are missing: ${missing[*]}"
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null ||
            die 1 "please install as root: apt-get install ${missing[*]}"
        as_root=(sudo)
    fi
    say "Installing ${missing[*]}"
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -q >&2
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -q -y --no-install-recommends "${missing[@]}" >&2
}

# need_swift: ends with a hint when there is no Swift, or one that is too old.
need_swift() {
    local hint found
    hint="brokerd is built with Swift $SWIFT_NEEDED or newer.
Get it from https://www.swift.org/install/linux/ (choose Debian 12 or your system), or build in
the container image docker.io/library/swift:$SWIFT_NEEDED-bookworm; then put its usr/bin in PATH."
    command -v swift >/dev/null || die 1 "there is no swift in PATH. $hint"
    # "Swift version 6.3.1 (swift-6.3.1-RELEASE)", with "Apple " in front on a Mac.
    found=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' | head -n 1)
    [ -n "$found" ] || die 1 "\`swift --version\` names no version. $hint"
    [ "$(printf '%s\n' "$SWIFT_NEEDED" "$found" | sort -V | head -n 1)" = "$SWIFT_NEEDED" ] ||
        die 1 "Swift $found is too old. $hint"
}
