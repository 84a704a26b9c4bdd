#!/bin/sh
# Requests a seat, and tries again for as long as the broker says "not now" (exit code 75).
#
#   login-retry.sh [SECONDS [brokerctl lease request's options]]
#
# Prints what `brokerctl lease request` prints. Gives up after SECONDS (300), or when the broker's
# time for the next try lies beyond them. Ends with brokerctl's last exit code. Any code but 75 is
# final: no waiting makes a person entitled (77), or a pool exist (66).
set -u

patience=${1:-300}
[ $# = 0 ] || shift
give_up_at=$(($(date +%s) + patience))

said=$(mktemp) || exit 1
trap 'rm -f "$said"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# "Try again in 31m14s." on stderr is the broker's Retry-After: in seconds, 5 where there is none.
seconds_to_wait() {
    awk '
        BEGIN { unit["d"] = 86400; unit["h"] = 3600; unit["m"] = 60; unit["s"] = 1 }
        sub(/^Try again in /, "") {
            for (sum = 0; match($0, /^[0-9]+[dhms]/); $0 = substr($0, RLENGTH + 1))
                sum += substr($0, 1, RLENGTH - 1) * unit[substr($0, RLENGTH, 1)]
        }
        END { print sum ? sum : 5 }' "$said"
}

while :; do
    code=0
    brokerctl lease request "$@" 2>"$said" || code=$?
    cat "$said" >&2
    [ "$code" = 75 ] || exit "$code"

    # Not before the broker's time: it knows when a try can succeed. And up to a fifth later, so that
    # those who were refused together do not come back together.
    wait=$(seconds_to_wait)
    wait=$((wait + $$ % (wait / 5 + 1)))
    [ $(($(date +%s) + wait)) -le "$give_up_at" ] || exit "$code"
    sleep "$wait"
done
