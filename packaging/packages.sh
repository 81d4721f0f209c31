# shellcheck shell=bash
# Every Debian package that Tacet asks for, in one place, and the only code that installs any.
# Sourced by the scripts beside it. Names hold for Debian 12 (bookworm) and 13 (trixie) alike.
#
#   tacet_install build look        installs what is missing of these groups; quiet and offline when nothing is
#   tacet_packages build look       prints the names
#
# A package that is there is never upgraded, and nothing is ever removed.

tacet_group() {
    case $1 in
    build) # what the compiler and CMake need (README.md gives the reason for each library)
        echo g++ cmake ninja-build pkg-config ccache \
            libssl-dev libsodium-dev libsecp256k1-dev libsqlcipher-dev \
            qt6-base-dev qt6-websockets-dev qt6-svg-dev \
            qtkeychain-qt6-dev libqrencode-dev libzxing-dev ;;
    look) # what the window needs to look and read as designed, and to run under Wayland
        echo fonts-inter fonts-jetbrains-mono fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji \
            qt6-wayland qt6-image-formats-plugins qt6-translations-l10n libxcb-cursor0 ;;
    display) # a virtual display with a window manager, real key presses, and the accessibility tree
        echo xvfb xauth openbox xdotool x11-utils imagemagick \
            dbus dbus-x11 at-spi2-core python3 python3-pyatspi gir1.2-atspi-2.0 ;;
    python) # for the scripts in tools/; the standard library is enough
        echo python3 ;;
    tor) # the program itself, for the tests that ask it; they say "skipped" where it is not. Debian's package starts a
        # service with it, so where services run (not in a container) it is installed by whoever wants that.
        [ -d /run/systemd/system ] || echo tor ;;
    fuzz) # libFuzzer and its run-time library
        echo clang libclang-rt-dev ;;
    constant-time) # for packaging/constant-time
        echo valgrind ;;
    chroot) # for packaging/debian13
        echo debootstrap ;;
    node) # a Node that is already there is used; Debian's comes only where there is none
        command -v node >/dev/null || echo nodejs npm ;;
    *)
        echo "packages.sh: no group named $1" >&2
        return 1 ;;
    esac
}

tacet_packages() {
    local group
    for group in "$@"; do tacet_group "$group"; done
}

tacet_missing() {
    local package
    for package in $(tacet_packages "$@"); do
        dpkg-query --show --showformat='${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || echo "$package"
    done
}

tacet_as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

tacet_install() {
    if ! command -v dpkg-query >/dev/null; then
        echo "This is not Debian, so nothing is installed. Tacet wants what these packages hold:" >&2
        tacet_packages "$@" | sed 's/^/  /' >&2
        return 0
    fi
    local missing
    missing=$(tacet_missing "$@")
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then # said once; what apt would add to it is noise
        echo "Some packages are missing. Installing them needs root, and sudo is not here. As root, run:" >&2
        # shellcheck disable=SC2086  # a list of names
        echo "  apt-get update && apt-get install --no-install-recommends "$missing >&2
        return 1
    fi
    printf 'Installing:\n'
    printf '%s\n' "$missing" | fmt -w 100 | sed 's/^/  /'
    # The lists may be old or absent (a fresh container). Without a network, old lists may still do.
    tacet_as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 update ||
        echo "apt could not refresh its lists; trying with those that are here." >&2
    # shellcheck disable=SC2086  # a list of names
    if ! tacet_as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -qq -y --no-install-recommends -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 install $missing >/dev/null; then
        echo "Some packages could not be installed. Still missing:" >&2
        tacet_missing "$@" | sed 's/^/  /' >&2
        echo "Install them by hand, or check the network, then run this again." >&2
        return 1
    fi
}
