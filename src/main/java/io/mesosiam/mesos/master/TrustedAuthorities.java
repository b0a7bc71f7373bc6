package io.mesosiam.mesos.master;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * The content of a PEM bundle of certificate authorities, and a TLS context that trusts only these. The context has no
 * session of an earlier one, so it accepts no resumption of a session with a master whose authority was removed.
 */
final class TrustedAuthorities {
    private final byte[] pem;
    private final SSLContext context;

    private TrustedAuthorities(byte[] pem, SSLContext context) {
        this.pem = pem;
        this.context = context;
    }

    /** @throws IllegalArgumentException if the file can't be used; the message names the setting */
    static TrustedAuthorities of(Path bundle) {
        byte[] pem;
        try {
            pem = Files.readAllBytes(bundle);
        } catch (IOException e) {
            throw unreadable(bundle, e);
        }
        return of(bundle, pem);
    }

    private static TrustedAuthorities of(Path bundle, byte[] pem) {
        try {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            int count = 0;
            for (var authority :
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem))) {
                trusted.setCertificateEntry("ca-" + count++, authority);
            }
            if (count == 0) {
                throw new IllegalArgumentException("mesos-iam.mesos.ca-file " + bundle + " has no certificate");
            }
            var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            return new TrustedAuthorities(pem, context);
        } catch (IOException | GeneralSecurityException e) {
            throw unreadable(bundle, e);
        }
    }

    /**
     * Reads the file again.
     *
     * @return this object if the file's content is the same
     * @throws IllegalArgumentException as {@link #of}
     */
    TrustedAuthorities reread(Path bundle) {
        try {
            byte[] now = Files.readAllBytes(bundle);
            return Arrays.equals(now, pem) ? this : of(bundle, now);
        } catch (IOException e) {
            throw unreadable(bundle, e);
        }
    }

    SSLContext context() {
        return context;
    }

    private static IllegalArgumentException unreadable(Path bundle, Exception e) {
        return new IllegalArgumentException("mesos-iam.mesos.ca-file " + bundle + " can't be read", e);
    }
}
