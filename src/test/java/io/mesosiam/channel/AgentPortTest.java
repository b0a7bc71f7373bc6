package io.mesosiam.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.channel.wire.Protocol;
import io.mesosiam.fakes.TestTls;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections that the agents' port refuses before a stream opens. */
class AgentPortTest {
    private final ChannelFixture fixture = new ChannelFixture();

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void connectionWithoutACertificateFails() {
        assertNoConnection(StreamClient.http(fixture.ca(), Optional.empty()));
    }

    @Test
    void connectionWithACertificateOfAnotherCaFails() {
        assertNoConnection(StreamClient.http(fixture.ca(), Optional.of(fixture.stranger())));
    }

    @Test
    void olderTlsVersionsAreRefused() throws Exception {
        var tls = TestTls.context(fixture.ca(), Optional.of(fixture.host1()));
        try (var socket = (SSLSocket) tls.getSocketFactory().createSocket("localhost", fixture.channel.port())) {
            socket.setSSLParameters(new SSLParameters(null, new String[] {"TLSv1.2"}));

            assertThatThrownBy(socket::startHandshake).isInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/", "/agent", "/agent/v1", "/agent/v1/", "/api/v1/policies", "/health", "/metrics", "/docs"})
    void otherPathsAreNotFound(String path) throws Exception {
        try (HttpClient client = StreamClient.http(fixture.ca(), Optional.of(fixture.host1()))) {
            HttpRequest request = HttpRequest.newBuilder(uri(path)).build();

            assertThat(client.send(request, HttpResponse.BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(404);
        }
    }

    private void assertNoConnection(HttpClient client) {
        try (client) {
            HttpRequest request = HttpRequest.newBuilder(uri(Protocol.PATH)).build();

            assertThatThrownBy(() -> client.send(request, HttpResponse.BodyHandlers.discarding()))
                    .isInstanceOf(IOException.class);
        }
    }

    private URI uri(String path) {
        return URI.create("https://localhost:" + fixture.channel.port() + path);
    }
}
