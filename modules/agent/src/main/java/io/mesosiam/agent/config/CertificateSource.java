package io.mesosiam.agent.config;

/** Source of the agent's certificate. */
public sealed interface CertificateSource {
    /** The site's own PKI writes the files. */
    record Provided(AgentConfig.KeyFiles files) implements CertificateSource {}

    /** The controllers sign the certificate of a key that the agent makes. */
    record Enrolled(EnrolmentSettings settings) implements CertificateSource {}
}
