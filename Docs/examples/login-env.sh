#!/bin/sh
# Leases a seat, opens a Remote Desktop session to it, and gives the seat back.
#
#   login-env.sh [POOL]
#
# For scripts that do more than run one program: the lease stands in shell variables. Where one
# program is all, take login-run.sh: it also renews, and leaves a lease alone that you held before.
set -eu

# Not what a caller may have in its environment: that would be another lease.
BROKER_LEASE=

# Wherever this script ends, the seat goes back at once, instead of when the lease runs out.
give_back() {
    [ -z "$BROKER_LEASE" ] || brokerctl lease release "$BROKER_LEASE" || true
}
trap give_back EXIT
# A signal ends the script by `exit`, so that the line above holds for it, too.
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# First the call, then `eval`: `eval "$(brokerctl …)"` alone would go on after a refusal, because
# `eval` of nothing succeeds. brokerctl says on stderr why it was refused, and its exit code tells
# the kind: 75 not now, 77 not entitled, 69 no daemon. Here it becomes the script's own.
# What brokerctl prints is quoted where it has to be: no name can become a command.
vars=$(brokerctl lease request ${1:+--pool "$1"} -o env) || exit
eval "$vars"

# A pool's seats may be reached by other means: url, vnc, spice, ssh.
if [ "$BROKER_PROTOCOL" != rdp ]; then
    echo "$BROKER_SEAT is no Remote Desktop: $BROKER_PROTOCOL $BROKER_URL" >&2
    exit 1
fi
echo "You have $BROKER_SEAT until $BROKER_EXPIRES."
# Not `exec xfreerdp`: a shell that has become xfreerdp gives nothing back.
xfreerdp "/v:$BROKER_HOST:$BROKER_PORT" /cert:tofu
