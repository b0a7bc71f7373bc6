package io.mesosiam.agent.link;

import io.mesosiam.agent.config.AgentConfig.KeyFiles;
import io.mesosiam.agent.config.AgentKey;
import io.mesosiam.agent.config.HostIdentity;
import io.mesosiam.fakes.TestCa;
import java.io.IOException;
import javax.net.ssl.SSLContext;

/** A host with a certificate of a test's CA, for a link without an agent. */
public record TestPeer(KeyFiles files, HostIdentity identity) implements ControllerLink.Peer {
    /** Issues the host's certificate. */
    public static TestPeer of(TestCa ca, String hostname, String mesosAgentId) {
        TestCa.Identity issued = ca.issue("dns:" + hostname);
        return new TestPeer(
                new KeyFiles(issued.certificate(), issued.key(), ca.certificateFile()),
                new HostIdentity(hostname, mesosAgentId));
    }

    @Override
    public SSLContext tls() throws IOException {
        return AgentKey.tls(files);
    }
}
