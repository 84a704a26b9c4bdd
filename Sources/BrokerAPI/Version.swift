/// The version of all programs of the package, which are built and shipped as one.
package enum BrokerVersion {
    package static let text = "0.1.0"
}
