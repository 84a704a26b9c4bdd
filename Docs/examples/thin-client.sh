#!/bin/sh
# Opens a leased desktop from a machine that has no broker: a thin client, or a laptop at home. The
# broker is asked over ssh, and the lease lives as long as that connection.
#
#   thin-client.sh [USER@]BROKER [xfreerdp's further arguments]
#
# On the broker's machine `brokerctl run` holds the lease for a `cat` that waits for our end. However
# we end (closed, killed, unplugged), the connection goes, `cat` with it, and the seat is given back.
# For machines that vanish without a word, set ClientAliveInterval in the broker's sshd_config.
set -eu
broker=$1
shift

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkfifo "$folder/hold" "$folder/seat"

# Runs over there: says which seat it is, and waits. Messages, such as the place in line, come here.
# shellcheck disable=SC2016
remote='exec brokerctl run --wait 1h -- sh -c '\''echo "$BROKER_HOST:$BROKER_PORT"; exec cat'\'
ssh -T -o ServerAliveInterval=15 "$broker" "$remote" <"$folder/hold" >"$folder/seat" &
ssh=$!
exec 3>"$folder/hold"
code=0
read -r seat <"$folder/seat" || {
    wait "$ssh" || code=$?
    exit "$code"
}

xfreerdp "/v:$seat" "$@" &
client=$!
# Whichever goes first takes the other along: the desktop is closed, or the lease was lost.
while kill -0 "$client" 2>/dev/null && kill -0 "$ssh" 2>/dev/null; do sleep 1; done
kill "$client" 2>/dev/null || true
exec 3>&-
wait "$ssh" || code=$?
exit "$code"
