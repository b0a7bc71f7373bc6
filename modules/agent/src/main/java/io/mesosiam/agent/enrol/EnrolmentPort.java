package io.mesosiam.agent.enrol;

import io.mesosiam.agent.local.HttpRequest;
import io.mesosiam.agent.local.HttpResponse;
import io.mesosiam.agent.local.TimeLimit;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

/**
 * A connection to a controller's enrolment port, for one request.
 *
 * @param limit time limit for everything: connecting, handshake, request, answer
 */
record EnrolmentPort(URI controller, Duration limit) {
    /** Connects without checking the certificate: for an answer that is checked in another way, and a request without secrets. */
    HttpResponse sendUnverified(HttpRequest request, int maxBody) throws IOException {
        return send(request, maxBody, new TrustManager[] {new AnyCertificate()}, false);
    }

    /** Connects if the certificate names the controller and leads to a trusted root. */
    HttpResponse send(HttpRequest request, int maxBody, TrustManager[] trusted) throws IOException {
        return send(request, maxBody, trusted, true);
    }

    /** The value of the Host header. */
    String host() {
        return controller.getRawAuthority();
    }

    private HttpResponse send(HttpRequest request, int maxBody, TrustManager[] trusted, boolean verifyName)
            throws IOException {
        String host = controller.getHost().replaceAll("^\\[|]$", "");
        try (Socket plain = new Socket();
                TimeLimit running = TimeLimit.of(limit, plain)) {
            try {
                plain.connect(new InetSocketAddress(host, controller.getPort()), Math.toIntExact(limit.toMillis()));
                try (SSLSocket secure = (SSLSocket)
                        context(trusted).getSocketFactory().createSocket(plain, host, controller.getPort(), true)) {
                    SSLParameters parameters = secure.getSSLParameters();
                    parameters.setProtocols(new String[] {"TLSv1.3"});
                    if (verifyName) {
                        parameters.setEndpointIdentificationAlgorithm("HTTPS");
                    }
                    secure.setSSLParameters(parameters);
                    secure.startHandshake();
                    return request.send(secure.getInputStream(), secure.getOutputStream(), maxBody);
                }
            } catch (IOException e) {
                throw running.explain(e);
            }
        }
    }

    private static SSLContext context(TrustManager[] trusted) {
        try {
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(null, trusted, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has TLS 1.3", e);
        }
    }
}
