import ArgumentParser
import BrokerCore
import BrokerService
import BrokerSite
import BrokerText

/// `brokerd --check`: says what is wrong with a configuration, each mistake with its place.
enum Checking {
    static func run(config: String?) throws {
        let configuration = try load(config)
        if let path = configuration.siteFile { try checkSite(path) }
    }

    /// The site file, and the time zone that it names on this machine.
    private static func checkSite(_ path: String) throws {
        try orRefuse {
            let bytes = try TextFile.read(path)
            let site = try SiteFile.parse(bytes: bytes, file: path)
            guard site.rota != nil else { return }
            do throws(Refusal) {
                _ = try SystemWindows().rota(of: site)
            } catch {
                guard case .invalid(let problems) = error else { throw error }
                throw SiteFile.error(problems, in: bytes, file: path)
            }
        }
    }

    /// The configuration as it is to be used.
    static func load(_ path: String?) throws -> DaemonConfiguration {
        try orRefuse { try ConfigurationFile.read(path) }
    }

    /// A site file that the configuration names.
    static func loadSite(_ path: String) throws -> SiteSpec {
        try orRefuse { try SiteFile.parse(bytes: TextFile.read(path), file: path) }
    }

    private static func orRefuse<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as SiteFileError {
            StandardError.write(error.description(in: .here))
            throw ExitStatus.refused
        } catch let error as TextFile.Unreadable {
            StandardError.write(Text.daemon(error.text).here)
            throw ExitStatus.refused
        }
    }
}
