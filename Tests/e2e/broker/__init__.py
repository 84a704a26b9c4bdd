"""Real brokerd processes, real Unix users, real sockets: what the end-to-end tests stand on.

`world` gives the run users of its own, `http` is a client that connects as any of them and `events`
what it hears of streams, `site` writes site files, `daemon` starts brokerd, `clock` gives it another
time, `crowd` is thousands of agents at once, and `case` ties them to unittest. `turns`, `line` and
`house` are what several tests of turns, of waiting and of changes begin with.
"""
