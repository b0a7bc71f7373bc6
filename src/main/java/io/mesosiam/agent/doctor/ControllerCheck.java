package io.mesosiam.agent.doctor;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** Does a controller answer and prove who it is? One suffices: the agent tries them all. */
public record ControllerCheck(List<URI> controllers, Callable<SSLContext> tls) implements Check {
    private static final int WAIT_MILLIS = 3000;

    @Override
    public List<Finding> findings() {
        SSLContext context;
        try {
            context = tls.call();
        } catch (Exception e) {
            return List.of(Finding.failure("controller", "can't be tried without a certificate", "see certificate"));
        }
        return controllers.stream().map(uri -> finding(uri, context)).toList();
    }

    private static Finding finding(URI uri, SSLContext context) {
        int port = uri.getPort() < 0 ? 443 : uri.getPort();
        try (var plain = new Socket()) {
            plain.connect(new InetSocketAddress(uri.getHost(), port), WAIT_MILLIS);
            plain.setSoTimeout(WAIT_MILLIS);
            if (context.getSocketFactory().createSocket(plain, uri.getHost(), port, false)
                    instanceof SSLSocket secure) {
                var parameters = secure.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                secure.setSSLParameters(parameters);
                secure.startHandshake();
            }
            return Finding.ok("controller", uri + " answers and is who it says");
        } catch (IOException e) {
            return Finding.warning(
                    "controller",
                    uri + " can't be reached: " + e.getMessage(),
                    "check the route, its agent port, and that its certificate names " + uri.getHost());
        }
    }
}
