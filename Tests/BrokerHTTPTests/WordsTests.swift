import BrokerAPI
import BrokerCore
import BrokerHistory
import Testing

@testable import BrokerHTTP

/// The audit and the figures of usage use the words of the API, which they may not know.
@Suite struct WordsTests {
    @Test(arguments: BrokerCore.Rule.allCases)
    func rules(_ rule: BrokerCore.Rule) {
        #expect(rule.slug == ProblemSlug(rule).rawValue)
    }

    @Test(arguments: RefusalKind.allCases)
    func refusals(_ kind: RefusalKind) {
        #expect(kind.slug == ProblemSlug(kind).rawValue)
    }

    @Test(arguments: EndReason.allCases)
    func ends(_ reason: EndReason) {
        #expect(reason.text == LeaseEndReason(reason).rawValue)
    }
}
