import Glibc

/// A queue between any threads that add and one that takes, which can wait with a deadline.
///
/// The condition waits on the monotonic clock, so a step of the wall clock neither wakes it early
/// nor lets it oversleep.
package final class WaitQueue<Element: Sendable>: @unchecked Sendable {
    // Safe: `mutex` guards all the state below.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var elements: [Element] = []
    private var isClosed = false

    package init() {
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Adds an element; false when the queue is closed and did not take it.
    package func add(_ element: Element) -> Bool {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        guard !isClosed else { return false }
        elements.append(element)
        // Costs a system call only when somebody waits.
        pthread_cond_signal(condition)
        return true
    }

    /// No more is taken in; what is there is still given out.
    package func close() {
        pthread_mutex_lock(mutex)
        isClosed = true
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(mutex)
    }

    /// Everything that is there, after waiting for something for at most so long; and whether the
    /// queue is closed.
    package func takeAll(waitingMilliseconds: Int64) -> (elements: [Element], isClosed: Bool) {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        if elements.isEmpty && !isClosed && waitingMilliseconds > 0 {
            var deadline = timespec()
            clock_gettime(CLOCK_MONOTONIC, &deadline)
            let nanoseconds = Int64(deadline.tv_nsec) + waitingMilliseconds % 1_000 * 1_000_000
            deadline.tv_sec += Int(waitingMilliseconds / 1_000 + nanoseconds / 1_000_000_000)
            deadline.tv_nsec = Int(nanoseconds % 1_000_000_000)
            while elements.isEmpty && !isClosed {
                if pthread_cond_timedwait(condition, mutex, &deadline) == ETIMEDOUT { break }
            }
        }
        let taken = elements
        elements.removeAll(keepingCapacity: taken.count <= 1_024)
        return (taken, isClosed)
    }

    /// The next element, after waiting for it without end; nil once closed and empty.
    package func takeFirst() -> Element? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while elements.isEmpty && !isClosed { pthread_cond_wait(condition, mutex) }
        return elements.isEmpty ? nil : elements.removeFirst()
    }
}

/// Threads of the daemon's own: what may block must not sit on Swift's cooperative pool, which has
/// as many threads as the machine has cores.
package enum DaemonThread {
    private final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Starts a thread; `name` is cut at 15 bytes by the kernel.
    package static func start(
        _ name: String, _ run: @escaping @Sendable () -> Void
    ) -> JoinableThread {
        var thread = pthread_t()
        let body = Unmanaged.passRetained(
            Body {
                setName(name)
                run()
            })
        let status = pthread_create(
            &thread, nil,
            { argument in
                Unmanaged<Body>.fromOpaque(argument!).takeRetainedValue().run()
                return nil
            }, body.toOpaque())
        precondition(status == 0, "a thread could not be started")
        return JoinableThread(thread: thread)
    }

    /// Names the calling thread for `ps` and `top`. (`pthread_setname_np` hides behind
    /// `_GNU_SOURCE`.)
    private static func setName(_ name: String) {
        let descriptor = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        _ = name.withCString { write(descriptor, $0, strlen($0)) }
        close(descriptor)
    }
}

/// A thread that somebody waits for, once.
package struct JoinableThread: @unchecked Sendable {
    // Safe: a `pthread_t` is a number to the rest of the program.
    fileprivate let thread: pthread_t

    /// Waits for its end; to be called once, or `detach`.
    package func join() { pthread_join(thread, nil) }

    /// Nobody will wait for it.
    package func detach() { pthread_detach(thread) }
}
