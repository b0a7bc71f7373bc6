package io.mesosiam.fakes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestCaTest {
    @Test
    void issuedCertificatesAreSignedByTheCaAndNameTheirHosts(@TempDir Path directory) throws Exception {
        TestCa ca = TestCa.in(directory);

        TestCa.Identity server = ca.issue("dns:localhost", "ip:127.0.0.1");

        X509Certificate certificate = certificate(server.certificate());
        certificate.verify(certificate(ca.certificateFile()).getPublicKey());
        assertThat(certificate.getSubjectAlternativeNames())
                .extracting(name -> name.get(1))
                .isEqualTo(List.of("localhost", "127.0.0.1"));
        assertThat(server.key()).content().startsWith("-----BEGIN PRIVATE KEY-----\n");
    }

    private static X509Certificate certificate(Path file) throws Exception {
        try (InputStream in = Files.newInputStream(file)) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }
}
