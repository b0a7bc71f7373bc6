package io.mesosiam.agent;

import io.mesosiam.agent.config.AgentConfig;
import io.mesosiam.agent.config.AgentKey;
import io.mesosiam.agent.config.HostIdentity;
import io.mesosiam.agent.enrol.Enrolment;
import io.mesosiam.agent.hostrole.RoleTrials;
import io.mesosiam.agent.link.CertificateExchange;
import io.mesosiam.agent.link.ControllerLink;
import io.mesosiam.channel.wire.AgentMessage;
import io.mesosiam.channel.wire.ControllerMessage.TryRoles;
import java.io.IOException;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;

/** This host, as the controllers know it. */
record HostPeer(AgentConfig config, Optional<Enrolment> enrolment, RoleTrials trials) implements ControllerLink.Peer {
    @Override
    public SSLContext tls() throws IOException {
        return AgentKey.tls(config.keyFiles());
    }

    @Override
    public HostIdentity identity() throws IOException {
        return HostIdentity.read(config);
    }

    @Override
    public CertificateExchange certificates() {
        return enrolment.map(Enrolment::exchange).orElse(CertificateExchange.NONE);
    }

    @Override
    public BiConsumer<TryRoles, Consumer<AgentMessage>> roleTrials() {
        return trials;
    }
}
