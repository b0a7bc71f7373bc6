package io.mesosiam.agent.enrol;

import io.mesosiam.agent.config.ProofSource;
import java.io.IOException;
import java.security.KeyPair;
import java.util.Map;
import java.util.Optional;

/**
 * This host, as it requests its first certificate.
 *
 * @param name the host's name, as it is known at the moment
 * @param identity of an EC2 instance; asked only if it is the proof
 */
record Applicant(Name name, ProofSource source, InstanceIdentity identity) {
    /** The host's name. */
    @FunctionalInterface
    interface Name {
        String read() throws IOException;
    }

    HostName host() throws IOException {
        return HostName.of(name.read());
    }

    /**
     * The proof; empty if there is no join token.
     *
     * @throws IOException if it can't be read
     */
    Optional<Proof> proof() throws IOException {
        return switch (source) {
            case ProofSource.Token token -> token.read().map(Proof::of);
            case ProofSource.Ec2(var pin) -> Optional.of(Proof.ofInstance(pin, identity.read()));
        };
    }

    /** Changes when another join token is written to its file. */
    Optional<Map<String, Object>> version() {
        return source instanceof ProofSource.Token token ? token.version() : Optional.empty();
    }

    /**
     * The key to request a certificate for.
     *
     * @param keepKey whether the key of the certificate in use may be used again
     */
    KeyPair key(StateDirectory state, boolean keepKey) throws IOException {
        // an instance that claims another key than its own is suspended
        return source instanceof ProofSource.Ec2 && keepKey ? state.keyInUseOrFirst() : state.firstKey();
    }
}
