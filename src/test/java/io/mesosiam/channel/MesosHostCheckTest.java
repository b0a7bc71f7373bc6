package io.mesosiam.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.channel.MesosHostCheck.Finding;
import io.mesosiam.mesos.MesosAgent;
import io.mesosiam.mesos.MesosAgentId;
import java.net.InetAddress;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Test;

class MesosHostCheckTest {
    private static final MesosAgentId S1 = new MesosAgentId("S1");
    private static final MesosAgent AGENT = Clusters.agent(S1, "host-1.example.com", "10.0.0.1");
    private static final MesosAgent NAMED_BY_ADDRESS = Clusters.agent(S1, "10.0.0.1", "192.0.2.1");

    @Test
    void matchingHostNameSuffices() {
        assertThat(check(dns("host-1.example.com"), AGENT)).isEqualTo(new Finding.Same(AGENT));
    }

    @Test
    void matchingAddressSuffices() {
        assertThat(check(address("10.0.0.1"), AGENT)).isEqualTo(new Finding.Same(AGENT));
    }

    @Test
    void hostNameThatIsAnAddressIsComparedAsAddress() {
        assertThat(check(address("10.0.0.1"), NAMED_BY_ADDRESS)).isEqualTo(new Finding.Same(NAMED_BY_ADDRESS));
        assertThat(check(dns("10.0.0.1"), NAMED_BY_ADDRESS)).isEqualTo(new Finding.Other(NAMED_BY_ADDRESS));
    }

    @Test
    void certificateOfAnotherHostDoesNotMatch() {
        assertThat(check(dns("host-2.example.com"), AGENT)).isEqualTo(new Finding.Other(AGENT));
        assertThat(check(address("10.0.0.2"), AGENT)).isEqualTo(new Finding.Other(AGENT));
    }

    @Test
    void mesosAgentThatTheMasterDoesNotShowIsNotRegistered() {
        assertThat(MesosHostCheck.check(dns("host-1.example.com"), S1, Clusters.of()))
                .isEqualTo(new Finding.NotRegistered());
    }

    @Test
    void hostHasTheNamesOfItsCertificateAndThoseThatTheMasterShowsForIt() {
        assertThat(names(address("10.0.0.1"), AGENT)).containsExactlyInAnyOrder("10.0.0.1", "host-1.example.com");
        assertThat(names(dns("host-1.example.com"), AGENT)).containsExactlyInAnyOrder("10.0.0.1", "host-1.example.com");
        assertThat(names(address("10.0.0.2"), AGENT)).as("on another host").containsExactly("10.0.0.2");
        assertThat(MesosHostCheck.names(address("10.0.0.1"), Optional.of(S1), Clusters.of()))
                .as("not registered")
                .containsExactly("10.0.0.1");
    }

    private static Set<String> names(CertificateNames names, MesosAgent agent) {
        return MesosHostCheck.names(names, Optional.of(S1), Clusters.of(agent));
    }

    private static Finding check(CertificateNames names, MesosAgent agent) {
        return MesosHostCheck.check(names, S1, Clusters.of(agent));
    }

    private static CertificateNames dns(String name) {
        return new CertificateNames(
                Set.of(name), Set.of(), Optional.empty(), "1", Instant.MAX, new X500Principal("CN=ca"));
    }

    private static CertificateNames address(String literal) {
        return new CertificateNames(
                Set.of(),
                Set.of(InetAddress.ofLiteral(literal)),
                Optional.empty(),
                "1",
                Instant.MAX,
                new X500Principal("CN=ca"));
    }
}
