package import Glibc

/// The process's limit of open descriptors.
package enum DescriptorLimit {
    /// Raises the soft limit to the hard one, for the start of the program.
    ///
    /// The soft default of 1,024 is for programs that use `select`; we do not, and 16,384
    /// connections need as many descriptors.
    ///
    /// - Returns: the limit that holds now; also when it could not be raised, for with fewer
    ///   descriptors the daemon works too.
    @discardableResult
    package static func raiseToHard() -> rlim_t {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 0 }
        let former = limit.rlim_cur
        limit.rlim_cur = limit.rlim_max
        return setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
            ? limit.rlim_cur : former
    }
}
