import CSystemd

/// How a daemon keeps its memory.
package enum ProcessMemory {
    /// Two pools of memory instead of eight a core: a dozen threads that are mostly idle need no
    /// more, and what one of them gives back serves the others. What is free at the top of a heap
    /// goes back to the system, so that a morning's crowd is not paid for all day. To be called
    /// before there are threads.
    package static func configure() {
        mallopt(M_ARENA_MAX, 2)
        mallopt(M_TRIM_THRESHOLD, 256 << 10)
    }

    /// Gives free memory back to the system; takes some milliseconds.
    package static func giveBack() { malloc_trim(0) }
}
