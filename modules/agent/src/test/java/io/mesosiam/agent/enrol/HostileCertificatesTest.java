package io.mesosiam.agent.enrol;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.enrol.TestAuthority.Leaf;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Certificates with changed bytes are refused with a reason, and with no other exception. */
class HostileCertificatesTest {
    private static final KeyPair KEY = SigningRequest.newKey();
    private static final TestAuthority OWN = authority();

    private static TestAuthority authority() {
        try {
            return new TestAuthority("own");
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Property(tries = 500)
    void changedStatementOfACertificateIsNotAccepted(
            @ForAll @IntRange(min = 0, max = 1000) int at, @ForAll @IntRange(min = 1, max = 255) int change)
            throws Exception {
        Instant now = Instant.now();
        List<X509Certificate> chain = Pem.certificates("chain", OWN.chain(Leaf.of(KEY.getPublic(), now)));
        byte[] leaf = chain.getFirst().getEncoded();
        leaf[at % leaf.length] ^= (byte) change;
        String changed = Pem.text("CERTIFICATE", leaf) + Pem.text(List.of(chain.getLast()));

        IssuedCertificate.Expected expected =
                new IssuedCertificate.Expected(KEY.getPublic(), HostName.of("host-1"), List.of(OWN.root()), false);
        try {
            IssuedCertificate issued = IssuedCertificate.check(changed, OWN.rootPem(), expected, now);
            // the encoding of a signature has bits without a meaning; what is signed has not
            assertThat(issued.leaf().getTBSCertificate())
                    .isEqualTo(chain.getFirst().getTBSCertificate());
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("certificate");
        }
    }

    @Property(tries = 500)
    void changedTextOfTheRootsIsNoOtherRoot(
            @ForAll @IntRange(min = 0, max = 1000) int at, @ForAll @IntRange(min = 0, max = 255) int with)
            throws Exception {
        byte[] roots = OWN.rootPem().getBytes(StandardCharsets.US_ASCII);
        roots[at % roots.length] = (byte) with;
        try {
            assertThat(Pem.certificates("roots", new String(roots, StandardCharsets.ISO_8859_1)))
                    .hasSize(1);
        } catch (IOException e) {
            assertThat(e).hasMessageStartingWith("roots ");
        }
    }
}
