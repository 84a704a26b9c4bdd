#!/bin/sh
# Opens a Remote Desktop session to a leased seat; `brokerctl run` does all the rest: it renews the
# lease while the session runs, warns before an end that nobody can move, closes the session when
# the lease is lost (exit code 79), and gives the seat back.
#
#   login-run.sh [xfreerdp's further arguments]
#
# Where some of your pools hold no Remote Desktop seats, name one that does: `run --pool telework --`.
#
# The seat is known only once it is leased, so a small shell has to put BROKER_HOST into place. The
# single quotes matter: that shell reads the variables, not this one. "$@" hands our own arguments
# through as they are, blanks and all; the second `sh` only becomes its $0.
# `exec` makes xfreerdp itself the command that gets the signals.
# shellcheck disable=SC2016
exec brokerctl run -- \
    sh -c 'exec xfreerdp "/v:$BROKER_HOST:$BROKER_PORT" "$@"' sh /cert:tofu "$@"
