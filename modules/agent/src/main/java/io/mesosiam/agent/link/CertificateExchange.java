package io.mesosiam.agent.link;

import io.mesosiam.channel.wire.AgentMessage;
import io.mesosiam.channel.wire.ControllerMessage;
import java.util.function.Consumer;

/** Requests this host's next certificate over the stream. Its methods return at once. */
public interface CertificateExchange {
    /** For a host whose certificate the site's own PKI issues. */
    CertificateExchange NONE = new CertificateExchange() {
        @Override
        public void opened(Consumer<AgentMessage> send) {
            // nothing is requested
        }

        @Override
        public void closed(Consumer<AgentMessage> send) {
            // nothing is requested
        }

        @Override
        public void issued(ControllerMessage.Certificate certificate) {
            // nothing was requested
        }

        @Override
        public void refused(ControllerMessage.CertificateRefused refusal) {
            // nothing was requested
        }

        @Override
        public void notAccepted(boolean key) {
            // the site's own PKI issues another
        }
    };

    /**
     * A stream has sent this host's leases.
     *
     * @param send sends a message on it, until it is {@link #closed} or another one is opened
     */
    void opened(Consumer<AgentMessage> send);

    /** The stream with this {@code send} has ended; another one can have been opened before. */
    void closed(Consumer<AgentMessage> send);

    /** The controller has answered a request with a certificate. */
    void issued(ControllerMessage.Certificate certificate);

    /** The controller has refused a request. */
    void refused(ControllerMessage.CertificateRefused refusal);

    /**
     * A controller does not accept the certificate of the stream any more, although it has not expired.
     *
     * @param key whether this also concerns its key, because the host was evicted; otherwise only the authority that signed
     *     it was removed
     */
    void notAccepted(boolean key);
}
