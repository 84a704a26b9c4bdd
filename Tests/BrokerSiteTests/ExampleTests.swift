import BrokerCore
import BrokerSite
import Foundation
import Testing

/// The example that the project ships, and that the first run serves.
@Suite struct ExampleTests {
    @Test func departement() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = root.appending(path: "Docs/examples/departement.toml")
        let site = try SiteFile.parse(bytes: Array(Data(contentsOf: file)), file: file.path())
        #expect(site.pools.map(\.size).reduce(0, +) == 1_700)
        #expect(site.pools.map(\.name.value) == ["telework", "gis", "training", "visio"])
        #expect(site.groups.count == 18)
        #expect(site.groups.last?.name == GroupName("pilot"))
        #expect(try SiteFile.parse(SiteFile.export(site)) == site)
    }
}
