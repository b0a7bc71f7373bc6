package io.mesosiam.reach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class NoConnectionTest {
    static Stream<Throwable> others() {
        return Stream.of(
                new IOException("closed"),
                new SocketException("Broken pipe"),
                new SocketException(),
                new InterruptedIOException("refused"),
                new IllegalStateException("connection refused"));
    }

    static Stream<Arguments> failures() {
        return Stream.of(
                arguments(new ConnectException("Connection refused"), NoConnection.REFUSED),
                arguments(new SocketException("Connection refused"), NoConnection.REFUSED),
                arguments(new ConnectException("Connection refused: db/192.0.2.1:5432"), NoConnection.REFUSED),
                arguments(new ConnectException().initCause(new ClosedChannelException()), NoConnection.REFUSED),
                arguments(
                        new ConnectException().initCause(new UnresolvedAddressException()), NoConnection.UNKNOWN_HOST),
                arguments(new IOException(new UnknownHostException("a.example")), NoConnection.UNKNOWN_HOST),
                arguments(new SocketTimeoutException("Read timed out"), NoConnection.TIMED_OUT),
                arguments(
                        new HttpConnectTimeoutException("x").initCause(new ConnectException("HTTP connect timed out")),
                        NoConnection.TIMED_OUT),
                arguments(new ConnectException("connection timed out: /192.0.2.1:5432"), NoConnection.TIMED_OUT),
                arguments(new InterruptedIOException("connect timed out"), NoConnection.TIMED_OUT),
                arguments(new TimeoutException(), NoConnection.TIMED_OUT),
                arguments(new NoRouteToHostException(), NoConnection.NO_ROUTE),
                arguments(new SocketException("Network is unreachable"), NoConnection.NO_ROUTE));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void reasonIsThatOfTheInnermostCause(Throwable failure, NoConnection why) {
        assertThat(NoConnection.of(failure)).contains(why);
    }

    @ParameterizedTest
    @MethodSource("others")
    void otherFailuresHaveNoReason(Throwable failure) {
        assertThat(NoConnection.of(failure)).isEmpty();
    }

    @Test
    void cyclicCausesAreFollowedUpToALimit() {
        IOException inner = new IOException("inner");
        inner.initCause(new IOException("outer", inner));

        assertThat(NoConnection.of(inner)).isEmpty();
    }

    /** In these cases, the JDK's client gives no message. */
    @Test
    void realClosedPortAndRealUnknownHostAreRecognized() throws IOException {
        // below all ports that the kernel gives to other programs
        int port = 1;
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port))
                    .build();
            assertThat(NoConnection.of(
                            catchThrowable(() -> client.send(request, HttpResponse.BodyHandlers.discarding()))))
                    .contains(NoConnection.REFUSED);
        }
        assertThat(NoConnection.of(catchThrowable(() -> new Socket(InetAddress.getLoopbackAddress(), port).close())))
                .contains(NoConnection.REFUSED);
        assertThat(NoConnection.of(catchThrowable(() -> InetAddress.getAllByName("no.such.invalid"))))
                .contains(NoConnection.UNKNOWN_HOST);
    }
}
