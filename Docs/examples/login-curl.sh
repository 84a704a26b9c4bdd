#!/bin/sh
# The same without brokerctl: leases a seat with curl, opens a session, and gives the seat back.
#
#   login-curl.sh [POOL]
#
# Needs curl and POSIX tools. The daemon knows from the kernel who asks: there is no password and no
# token to keep. BROKERD_SOCKET names another agent socket. Exit codes are those of brokerctl.
set -eu

socket=${BROKERD_SOCKET:-/run/brokerd/agent.sock}
pool=${1:-}
ours=

folder=$(mktemp -d)
finish() {
    [ -z "$ours" ] || call DELETE "/v1/leases/$ours" >"$folder/status" || true
    rm -rf "$folder"
}
trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# call METHOD PATH [curl's options]: prints the status; head and body go into the folder.
call() {
    method=$1 path=$2
    shift 2
    curl --silent --max-time 30 --unix-socket "$socket" --request "$method" \
        --dump-header "$folder/head" --output "$folder/body" --write-out '%{http_code}\n' \
        "$@" "http://broker$path"
}

# text NAME, number NAME: a member of the answer. Not a JSON parser (take jq where you have it), but
# right for bodies like these, where each name stands once; quotes within a text do not fool it.
text() {
    tr -d '\n' <"$folder/body" |
        sed -n "s/.*\"$1\": *\"\([^\"\\]*\(\\\\.[^\"\\]*\)*\)\".*/\1/p" |
        sed 's/\\\(.\)/\1/g'
}
number() { tr -d '\n' <"$folder/body" | sed -n "s/.*\"$1\": *\([0-9]*\).*/\1/p"; }

body='{}'
case $pool in
'') ;;
*[!A-Za-z0-9._-]*) echo "no pool has such a name: $pool" >&2; exit 66 ;;
*) body="{\"pool\": \"$pool\"}" ;;
esac

# The key makes a repeat safe: curl asks again where the connection broke before the answer, and the
# broker gives the same lease, not a second one.
status=$(call POST /v1/leases --retry 2 --retry-connrefused --retry-max-time 10 \
    --header "Idempotency-Key: login-$$-$(date +%s)" \
    --header 'Content-Type: application/json' --data "$body") || {
    echo "the broker cannot be reached at $socket" >&2
    exit 69
}

# 201 is a new lease. 200 is the one that this person has already: another session may use it, so it
# is not ours to give back.
case $status in
201) ours=$(text id) ;;
200) ;;
429 | 503)
    after=$(sed -n 's/^[Rr]etry-[Aa]fter: *\([0-9]*\).*/\1/p' "$folder/head")
    echo "not now: $(text detail) Try again in ${after:-some} seconds." >&2
    exit 75
    ;;
403) echo "not allowed: $(text detail)" >&2; exit 77 ;;
404) echo "not found: $(text detail)" >&2; exit 66 ;;
*) echo "refused with $status: $(text detail)" >&2; exit 1 ;;
esac

if [ "$(text protocol)" != rdp ]; then
    echo "This seat is no Remote Desktop: $(text protocol) $(text url)" >&2
    exit 1
fi
echo "You have $(text host) until $(text expires_at)."
xfreerdp "/v:$(text host):$(number port)" /cert:tofu
