"""Real brokerd processes, real Unix users, real sockets: what the end-to-end tests stand on.

`world` gives the run users of its own, `http` is a client that connects as any of them, `site`
writes site files, `daemon` starts brokerd, `crowd` is thousands of agents at once, and `case` ties
them to unittest.
"""
