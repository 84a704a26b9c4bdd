import BrokerCore
import BrokerRota

/// What the tests say in few words.
let zones = ZoneDirectory(path: ZoneDirectory.defaultPath)

func group(_ name: String) -> GroupName { GroupName(name) }

func date(_ text: String) -> CivilDate { CivilDate(text: text)! }

/// `2026-03-29T01:00Z`, with or without seconds.
func utc(_ text: String) -> UnixTime {
    let parts = text.dropLast().split(separator: "T")
    let clock = parts[1].split(separator: ":").map { Int($0)! } + [0]
    let day = CivilDate(text: parts[0])!.dayNumber
    return UnixTime(seconds: day * 86_400 + clock[0] * 3_600 + clock[1] * 60 + clock[2])
}

/// Slots as `am 08:00-13:00`, groups by name with their slots in one text, nil for those that may
/// enter at any time.
func makeRota(
    _ zone: String = "Europe/Paris", anchor: String = "2026-01-05", cycleWeeks: Int = 1,
    slots: [String] = ["am 08:00-13:00", "pm 13:00-18:30"], groups: KeyValuePairs<String, String?>,
    exceptions: [RotaException] = []
) throws -> Rota {
    let spec = RotaSpec(
        timezone: zone, anchor: date(anchor), cycleWeeks: cycleWeeks, slots: slots.map(slot),
        exceptions: exceptions)
    return try Rota(
        spec, groups: groups.map { RotaGroup(name: group($0), slots: $1.map(words)) },
        zones: zones)
}

func slot(_ text: String) -> RotaSlot {
    let parts = words(text)
    return RotaSlot(name: parts[0], hours: parts[1])
}

func words(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }

func closed(_ day: String) -> RotaException { RotaException(date: date(day), table: .closed) }

/// `am=finance,roads pm=finance`.
func exception(_ day: String, _ assignments: String) -> RotaException {
    let table = words(assignments).map { text in
        let parts = text.split(separator: "=", omittingEmptySubsequences: false)
        return RotaException.Assignment(
            slot: String(parts[0]), groups: parts[1].split(separator: ",").map { group(String($0)) }
        )
    }
    return RotaException(date: date(day), table: .slots(table))
}

/// A generator whose numbers a seed repeats (SplitMix64).
struct Random: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
