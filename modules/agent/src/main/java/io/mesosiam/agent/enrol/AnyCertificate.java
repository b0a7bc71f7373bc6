package io.mesosiam.agent.enrol;

import java.net.Socket;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Accepts every certificate. Used for one request alone, which has no secret, and whose answer the pin of the join token
 * verifies.
 */
final class AnyCertificate extends X509ExtendedTrustManager {
    @Override
    public void checkServerTrusted(X509Certificate[] chain, String algorithm, Socket socket) {
        // nothing is checked
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String algorithm, SSLEngine engine) {
        // nothing is checked
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String algorithm) {
        // nothing is checked
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String algorithm, Socket socket) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String algorithm, SSLEngine engine) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String algorithm) {
        throw new UnsupportedOperationException();
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
