"""Real brokerd processes that are broken while they work: what the faults stand on.

`bench` gives each fault its folders, budget and figures; `rig` is a daemon with its load and its
witness; `disk` a file system that can lose its power; `preload` faults inside the process.
"""
