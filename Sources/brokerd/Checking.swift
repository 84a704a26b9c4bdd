import ArgumentParser
import BrokerCore
import BrokerSite

/// `brokerd --check`: says what is wrong with a configuration, each mistake with its place.
enum Checking {
    static func run(config: String?) throws {
        let configuration = try load(config)
        if let path = configuration.siteFile { _ = try loadSite(path) }
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
            StandardError.write(error.description)
            throw ExitStatus.refused
        } catch let error as TextFile.Unreadable {
            StandardError.write("brokerd: \(error.message)")
            throw ExitStatus.refused
        }
    }
}
