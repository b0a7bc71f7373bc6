package io.mesosiam.channel;

import static io.mesosiam.channel.ChannelFixture.S1;
import static io.mesosiam.channel.ChannelFixture.hello;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.channel.wire.ControllerMessage.Sync;
import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TestTls;
import io.mesosiam.fakes.TimeLimit;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.Certificate;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** An agents' port with certificate files of its own, which a test changes, and the agents that connect to it. */
final class ChangingCertificates implements AutoCloseable {
    static final String CERTIFICATE = "certificate.pem";
    static final String KEY = "key.pem";
    static final String AUTHORITIES = "ca.pem";

    final ChannelLog log = new ChannelLog();
    final ChannelFixture fixture;
    private final Path directory;

    /** @param directory empty; the files are made there */
    ChangingCertificates(Path directory) {
        this.directory = directory;
        replacePair(ChannelFixture.certificates().controller());
        replace(AUTHORITIES, ChannelFixture.certificates().ca().certificateFile());
        this.fixture = new ChannelFixture(new CertificateFiles(
                Optional.of(file(CERTIFICATE)), Optional.of(file(KEY)), Optional.of(file(AUTHORITIES))));
    }

    Path file(String name) {
        return directory.resolve(name);
    }

    /** Replaces a file by a copy of another, in one step. */
    void replace(String name, Path by) {
        try {
            Path next = Files.copy(by, file("next"), StandardCopyOption.REPLACE_EXISTING);
            Path unused = Files.move(next, file(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void replacePair(TestCa.Identity by) {
        replace(CERTIFICATE, by.certificate());
        replace(KEY, by.key());
    }

    void reload() {
        fixture.channel.certificates().reload();
    }

    double unusable() {
        return fixture.meters
                .get("mesosiam.channel.certificates.unusable")
                .gauge()
                .value();
    }

    void assertServes(TestCa.Identity identity) throws Exception {
        try (SSLSocket socket = fixture.handshaken()) {
            Certificate served = socket.getSession().getPeerCertificates()[0];
            assertThat(served).isEqualTo(StreamClient.certificate(identity.certificate()));
        }
    }

    void assertAdmitted(TestCa.Identity identity) throws InterruptedException {
        try (StreamClient agent = fixture.connect(identity)) {
            agent.send(hello(S1));
            assertThat(agent.receive(Sync.class)).isNotNull();
        }
    }

    void assertRefused(TestCa.Identity identity) {
        assertRefused(TestTls.context(fixture.ca(), Optional.of(identity)));
    }

    void assertRefused(SSLContext agent) {
        assertThatThrownBy(() -> answer(agent))
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(SocketTimeoutException.class);
    }

    SSLSocket socket(SSLContext agent) throws IOException {
        SSLSocket socket = (SSLSocket) agent.getSocketFactory().createSocket("localhost", fixture.channel.port());
        socket.setSoTimeout(TimeLimit.millis(10_000));
        return socket;
    }

    String answer(SSLContext agent) throws IOException {
        try (SSLSocket socket = socket(agent)) {
            return answer(socket);
        }
    }

    /** The first line of the answer to a request without a WebSocket. */
    static String answer(SSLSocket socket) throws IOException {
        socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(US_ASCII));
        String line = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII)).readLine();
        if (line == null) {
            throw new EOFException("closed without an answer");
        }
        return line;
    }

    @Override
    public void close() {
        fixture.close();
        log.close();
    }
}
