import Glibc

/// Signals as values: blocked in every thread, and taken one by one by the main thread.
///
/// Must be made before the first other thread, which inherits the mask.
struct RunSignals {
    /// The mask before, which the child gets back.
    let originalMask: sigset_t
    private let waited: sigset_t

    /// What is passed on to the child.
    static let forwarded = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH]
    /// Raised by other threads of this process to wake the main one. Nobody else sends it here.
    static let wake = SIGALRM

    /// Linux's SI_KERNEL: the terminal's keys, whose signals the whole foreground group gets. Its
    /// SIGHUP is no such signal: when a terminal goes away, the session's leader alone gets one.
    private static let sentByKernel: Int32 = 0x80

    init() {
        // Where it is ignored, the kernel would take the child's exit code away.
        signal(SIGCHLD, SIG_DFL)
        var set = sigset_t()
        sigemptyset(&set)
        for number in Self.forwarded + [SIGCHLD, Self.wake] { sigaddset(&set, number) }
        var before = sigset_t()
        pthread_sigmask(SIG_BLOCK, &set, &before)
        waited = set
        originalMask = before
    }

    /// Whether a signal asks this process to end, and is not ignored, as nohup has it with SIGHUP.
    static func ends(_ number: Int32) -> Bool {
        guard [SIGINT, SIGTERM, SIGHUP, SIGQUIT].contains(number) else { return false }
        var action = sigaction()
        sigaction(number, nil, &action)
        let ignoring = unsafeBitCast(SIG_IGN, to: Int.self)
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) != ignoring
    }

    /// Ends this process by a signal that was taken, so that whoever waits for it sees just that.
    func die(of number: Int32) -> Never {
        // This one alone: a wake-up that nobody waits for any more would end it otherwise.
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, number)
        pthread_sigmask(SIG_UNBLOCK, &set, nil)
        raise(number)
        exit(128 + number)
    }

    /// The next signal; nil when none comes in time.
    func next(timeoutMilliseconds: Int64) -> (number: Int32, isFromTerminal: Bool)? {
        var set = waited
        var info = siginfo_t()
        let milliseconds = max(0, timeoutMilliseconds)
        var timeout = timespec(
            tv_sec: Int(milliseconds / 1000), tv_nsec: Int(milliseconds % 1000) * 1_000_000)
        let number = sigtimedwait(&set, &info, &timeout)
        guard number > 0 else { return nil }
        return (number, info.si_code == Self.sentByKernel && number != SIGHUP)
    }
}

/// Milliseconds since boot, time asleep included: what a lease runs by.
func bootMilliseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_BOOTTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
}
