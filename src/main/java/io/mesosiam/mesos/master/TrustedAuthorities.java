package io.mesosiam.mesos.master;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Creates TLS contexts that trust only the certificate authorities of a PEM bundle. */
final class TrustedAuthorities {
    private TrustedAuthorities() {}

    static SSLContext of(Path pemBundle) {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(pemBundle))) {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            int count = 0;
            for (var authority : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                trusted.setCertificateEntry("ca-" + count++, authority);
            }
            if (count == 0) {
                throw new IllegalArgumentException("mesos-iam.mesos.ca-file " + pemBundle + " has no certificate");
            }
            var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException("mesos-iam.mesos.ca-file " + pemBundle + " can't be read", e);
        }
    }
}
