package io.mesosiam.agent.enrol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.agent.enrol.IssuedCertificate.Expected;
import io.mesosiam.agent.enrol.TestAuthority.Leaf;
import java.io.IOException;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class IssuedCertificateTest {
    private static Instant now;
    private static final KeyPair KEY = SigningRequest.newKey();

    private static TestAuthority own;
    private static TestAuthority other;

    @BeforeAll
    static void authorities() throws Exception {
        now = Instant.now();
        own = new TestAuthority("own");
        other = new TestAuthority("other");
    }

    private static Expected expected(boolean newRoots) throws IOException {
        return new Expected(KEY.getPublic(), HostName.of("host-1"), List.of(own.root()), newRoots);
    }

    private static Leaf right() {
        return Leaf.of(KEY.getPublic(), now);
    }

    private static GeneralName dns(String name) {
        return new GeneralName(GeneralName.dNSName, name);
    }

    @Test
    void rightCertificateIsAccepted() throws Exception {
        IssuedCertificate issued = IssuedCertificate.check(own.chain(right()), own.rootPem(), expected(false), now);

        assertThat(issued.chain()).hasSize(2);
        assertThat(issued.authorities()).containsExactly(own.root());
    }

    @Test
    void rootBehindTheIntermediatesIsAccepted() throws Exception {
        String chain = own.chain(right()) + own.rootPem();

        assertThat(IssuedCertificate.check(chain, own.rootPem(), expected(false), now)
                        .chain())
                .hasSize(3);
    }

    @Test
    void furtherRootsAreTrustedAfterTheFirstCertificate() throws Exception {
        String both = own.rootPem() + other.rootPem();

        assertThat(IssuedCertificate.check(own.chain(right()), both, expected(false), now)
                        .authorities())
                .containsExactly(own.root(), other.root());
        assertThat(IssuedCertificate.check(other.chain(right()), both, expected(true), now)
                        .authorities())
                .hasSize(2);
    }

    interface Text {
        String get() throws Exception;
    }

    static Stream<Arguments> unacceptable() {
        Text roots = () -> own.rootPem();
        return Stream.of(
                row(
                        "another key",
                        () -> own.chain(Leaf.of(SigningRequest.newKey().getPublic(), now)),
                        roots,
                        "not for the key"),
                row(
                        "another host",
                        () -> own.chain(right().named(dns("host-2"))),
                        roots,
                        "for host-2, this host is host-1"),
                row(
                        "a second name",
                        () -> own.chain(right().named(dns("host-1"), dns("host-2"))),
                        roots,
                        "has 2 names"),
                row("no name", () -> own.chain(right().named()), roots, "has 0 names"),
                row("a wildcard", () -> own.chain(right().named(dns("*"))), roots, "a certificate can't name"),
                row(
                        "an e-mail address",
                        () -> own.chain(right().named(new GeneralName(GeneralName.rfc822Name, "host-1"))),
                        roots,
                        "neither a DNS name nor an IP address"),
                row("a CA", () -> own.chain(right().authority()), roots, "not for a TLS client"),
                row("a server", () -> own.chain(right().server()), roots, "not for a TLS client"),
                row(
                        "expired",
                        () -> own.chain(right().valid(now.minus(Duration.ofDays(2)), now.minus(Duration.ofSeconds(1)))),
                        roots,
                        "correct the clock"),
                row(
                        "of a clock that is ahead",
                        () -> own.chain(right().valid(now.plus(Duration.ofMinutes(5)), now.plus(Duration.ofDays(1)))),
                        roots,
                        "correct the clock"),
                row("another installation's", () -> other.chain(right()), roots, "does not lead to a trusted root"),
                row(
                        "another installation's, with its root",
                        () -> other.chain(right()),
                        () -> own.rootPem() + other.rootPem(),
                        "does not lead to a trusted root"),
                row(
                        "of the root, but with another's intermediate",
                        () -> firstOf(own.chain(right())) + lastOf(other.chain(right())),
                        roots,
                        "does not lead to a trusted root"),
                row(
                        "without the intermediate",
                        () -> firstOf(own.chain(right())),
                        roots,
                        "does not lead to a trusted root"),
                row("other roots alone", () -> own.chain(right()), () -> other.rootPem(), "none of the authorities"),
                row("no roots", () -> own.chain(right()), () -> "\n", "authorities of the answer is no certificate"),
                row("no certificate", () -> "x", roots, "the certificate of the answer is no certificate in PEM"),
                row("half a certificate", () -> own.chain(right()).substring(0, 200), roots, "no certificate in PEM"),
                row("nine roots", () -> own.chain(right()), () -> own.rootPem().repeat(9), "has 9 certificates"));
    }

    private static Arguments row(String name, Text chain, Text roots, String message) {
        return Arguments.of(name, chain, roots, message);
    }

    private static String firstOf(String chain) {
        return chain.substring(0, chain.indexOf("-----BEGIN", 1));
    }

    private static String lastOf(String chain) {
        return chain.substring(chain.indexOf("-----BEGIN", 1));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unacceptable")
    void anyOtherCertificateIsNotAccepted(String name, Text chain, Text roots, String message) {
        assertThatThrownBy(() -> IssuedCertificate.check(chain.get(), roots.get(), expected(false), now))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(message);
    }
}
