package io.mesosiam.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.sandbox.SandboxCa.End;
import io.mesosiam.sandbox.SandboxCa.KeyFiles;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SandboxCaTest {
    @TempDir
    private Path directory;

    @Test
    void certificatesNameTheirHostAndAreSignedByTheCa() throws Exception {
        KeyFiles files = SandboxCa.in(directory)
                .issue("controller", End.SERVER, List.of("dns:localhost", "ip:127.0.0.1", "ip:::1"));

        X509Certificate certificate = certificate(files.certificate());
        X509Certificate authority = certificate(files.ca());
        certificate.verify(authority.getPublicKey());
        assertThat(authority.getBasicConstraints()).isZero();
        assertThat(certificate.getBasicConstraints()).isEqualTo(-1);
        assertThat(certificate.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
        assertThat(certificate.getSubjectAlternativeNames())
                .extracting(name -> String.valueOf(name.get(1)))
                .containsExactly("localhost", "127.0.0.1", "0:0:0:0:0:0:0:1");
    }

    @Test
    void keyMatchesTheCertificateAndOnlyItsOwnerMayReadIt() throws Exception {
        KeyFiles files = SandboxCa.in(directory).issue("agent", End.CLIENT, List.of("ip:127.0.0.1"));

        String pem = Files.readString(files.key()).replaceAll("-----[A-Z ]+-----|\\s", "");
        PrivateKey key = KeyFactory.getInstance("EC")
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem)));
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(key);
        byte[] signed = signature.sign();
        signature.initVerify(certificate(files.certificate()));
        assertThat(signature.verify(signed)).isTrue();
        try (var made = Files.list(directory)) {
            assertThat(made).allSatisfy(file -> assertThat(Files.getPosixFilePermissions(file))
                    .containsOnly(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));
        }
    }

    private static X509Certificate certificate(Path file) throws Exception {
        try (InputStream in = Files.newInputStream(file)) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }
}
