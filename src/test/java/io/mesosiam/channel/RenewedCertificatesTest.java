package io.mesosiam.channel;

import static io.mesosiam.channel.ChannelFixture.S1;
import static io.mesosiam.channel.ChannelFixture.hello;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.channel.wire.ControllerMessage.Sync;
import io.mesosiam.fakes.TestCa;
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
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of the agents' port that change while it is open, with real files and real TLS. */
class RenewedCertificatesTest {
    private static final String CERTIFICATE = "certificate.pem";
    private static final String KEY = "key.pem";
    private static final String AUTHORITIES = "ca.pem";

    @TempDir
    private Path directory;

    private final ChannelLog log = new ChannelLog();
    private ChannelFixture fixture;

    @BeforeEach
    void open() throws IOException {
        // the fixture's own files are shared by all tests
        try (ChannelFixture shared = new ChannelFixture()) {
            replace(CERTIFICATE, shared.controller().certificate());
            replace(KEY, shared.controller().key());
            replace(AUTHORITIES, shared.ca());
        }
        fixture = new ChannelFixture(new CertificateFiles(file(CERTIFICATE), file(KEY), file(AUTHORITIES)));
    }

    @AfterEach
    void close() {
        fixture.close();
        log.close();
    }

    @Test
    void renewedCertificateIsServedToTheNextConnection() throws Exception {
        assertThat(served()).isEqualTo(certificate(fixture.controller()));

        replace(CERTIFICATE, fixture.host1().certificate());
        replace(KEY, fixture.host1().key());
        reload();

        assertThat(served()).isEqualTo(certificate(fixture.host1()));
        assertThat(log.lines()).anyMatch(line -> line.startsWith("INFO agents port certificates renewed until="));
        assertThat(fixture.channel.certificateTrouble()).isEmpty();
    }

    @Test
    void openStreamContinuesAcrossARenewal() throws Exception {
        StreamClient stream = fixture.open();

        replace(CERTIFICATE, fixture.host1().certificate());
        replace(KEY, fixture.host1().key());
        replace(AUTHORITIES, fixture.otherCa());
        reload();

        assertThat(fixture.channel.deliver(S1, Deliveries.refuse("still here"))).isTrue();
        assertThat(stream.receive().toString()).contains("still here");
    }

    @Test
    void unchangedFilesRenewNothing() {
        reload();

        assertThat(log.lines()).noneMatch(line -> line.contains("certificates"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void certificateAndKeyAreUsedOnceBothAreReplaced(boolean certificateFirst) throws Exception {
        String first = certificateFirst ? CERTIFICATE : KEY;
        String second = certificateFirst ? KEY : CERTIFICATE;
        replace(
                first,
                certificateFirst
                        ? fixture.host1().certificate()
                        : fixture.host1().key());
        reload();

        assertThat(served()).isEqualTo(certificate(fixture.controller()));
        assertThat(fixture.channel.certificateTrouble()).hasValueSatisfying(trouble -> assertThat(trouble)
                .startsWith("mesos-iam.channel.key-file=" + directory.resolve(KEY)
                        + ": is not the key of the certificate."));

        replace(
                second,
                certificateFirst ? fixture.host1().key() : fixture.host1().certificate());
        reload();

        assertThat(served()).isEqualTo(certificate(fixture.host1()));
        assertThat(fixture.channel.certificateTrouble()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "certificate.pem, mesos-iam.channel.certificate-file, garbage",
        "certificate.pem, mesos-iam.channel.certificate-file, ''",
        "key.pem, mesos-iam.channel.key-file, garbage",
        "key.pem, mesos-iam.channel.key-file, ''",
        "ca.pem, mesos-iam.channel.ca-file, garbage",
        "ca.pem, mesos-iam.channel.ca-file, ''"
    })
    void brokenFileChangesNothingAndIsReportedOnce(String name, String setting, String content) throws Exception {
        byte[] intact = Files.readAllBytes(directory.resolve(name));
        Files.writeString(directory.resolve(name), content);
        reload();
        reload();

        assertKeepsItsCertificates(setting, name);

        Files.write(directory.resolve(name), intact);
        reload();

        assertThat(fixture.channel.certificateTrouble()).isEmpty();
        assertThat(unusable()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "certificate.pem, mesos-iam.channel.certificate-file",
        "key.pem, mesos-iam.channel.key-file",
        "ca.pem, mesos-iam.channel.ca-file"
    })
    void missingFileChangesNothingAndIsReportedOnce(String name, String setting) throws Exception {
        Files.delete(directory.resolve(name));
        reload();
        reload();

        assertKeepsItsCertificates(setting, name);
    }

    @Test
    void expiredCertificateIsNotUsed() throws Exception {
        replace(CERTIFICATE, fixture.expired().certificate());
        replace(KEY, fixture.expired().key());
        reload();
        reload();

        assertKeepsItsCertificates("mesos-iam.channel.certificate-file", CERTIFICATE);
    }

    @Test
    void fileThatTheRegistryCannotLoadChangesNothing() throws Exception {
        // the check accepts DER, and the registry PEM alone
        Files.write(
                directory.resolve(AUTHORITIES),
                StreamClient.certificate(fixture.otherCa()).getEncoded());
        reload();
        reload();

        assertKeepsItsCertificates("mesos-iam.channel.certificate-file", CERTIFICATE);
        assertThat(fixture.channel.certificateTrouble().orElseThrow()).contains("mesos-iam.channel.ca-file");
    }

    private void assertKeepsItsCertificates(String setting, String name) throws Exception {
        assertThat(served()).isEqualTo(certificate(fixture.controller()));
        assertAdmitted(fixture.host1());
        assertThat(log.lines().stream().filter(line -> line.contains("keeps its certificates")))
                .singleElement()
                .asString()
                .startsWith("WARN agents port keeps its certificates setting=" + setting + " file="
                        + directory.resolve(name) + " reason=\"");
        assertThat(fixture.channel.certificateTrouble().orElseThrow())
                .contains(setting + "=" + directory.resolve(name) + ": ");
        assertThat(unusable()).isOne();
    }

    @Test
    void agentOfANewAuthorityIsAdmittedAfterIt() throws Exception {
        assertRefused(fixture.stranger());

        Files.writeString(
                directory.resolve(AUTHORITIES), Files.readString(fixture.ca()) + Files.readString(fixture.otherCa()));
        reload();

        assertAdmitted(fixture.stranger());
        assertAdmitted(fixture.host1());
    }

    @Test
    void agentOfARemovedAuthorityIsRefused() throws Exception {
        assertAdmitted(fixture.host1());

        replace(AUTHORITIES, fixture.otherCa());
        reload();

        assertRefused(fixture.host1());
        assertAdmitted(fixture.stranger());
    }

    /** A resumed session does not show the agent's certificate again. */
    @Test
    void sessionFromBeforeTheRenewalIsNotResumed() throws Exception {
        SSLContext agent = StreamClient.tls(fixture.ca(), Optional.of(fixture.host1()));
        long first = sessionCreatedAt(agent);
        assertThat(sessionCreatedAt(agent)).as("resumes the session").isEqualTo(first);

        replace(AUTHORITIES, fixture.otherCa());
        reload();

        assertRefused(agent);
    }

    private long sessionCreatedAt(SSLContext agent) throws IOException {
        try (SSLSocket socket = socket(agent)) {
            assertThat(answer(socket)).contains("404");
            return socket.getSession().getCreationTime();
        }
    }

    @Test
    void clientCertificateAndTls13StayRequired() throws Exception {
        replace(CERTIFICATE, fixture.host1().certificate());
        replace(KEY, fixture.host1().key());
        reload();

        assertRefused(StreamClient.tls(fixture.ca(), Optional.empty()));
        try (SSLSocket old = socket(StreamClient.tls(fixture.ca(), Optional.of(fixture.host1())))) {
            old.setEnabledProtocols(new String[] {"TLSv1.2"});
            assertThatThrownBy(old::startHandshake).isInstanceOf(SSLException.class);
        }
    }

    @Test
    void connectionsDuringRenewalsDoNotFail() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        Thread renewals = Thread.ofVirtual().start(() -> {
            for (int i = 0; !done.get(); i++) {
                TestCa.Identity next = i % 2 == 0 ? fixture.host1() : fixture.controller();
                replace(CERTIFICATE, next.certificate());
                replace(KEY, next.key());
                reload();
            }
        });
        try {
            SSLContext agent = StreamClient.tls(fixture.ca(), Optional.of(fixture.host1()));
            for (int i = 0; i < 100; i++) {
                assertThat(answer(agent)).contains("404");
            }
        } finally {
            done.set(true);
            renewals.join();
        }
        assertThat(log.lines()).anyMatch(line -> line.contains("certificates renewed"));
    }

    private void reload() {
        fixture.channel.certificates().reload();
    }

    private Optional<Path> file(String name) {
        return Optional.of(directory.resolve(name));
    }

    private void replace(String name, Path by) {
        try {
            Path next = Files.copy(by, directory.resolve("next"), StandardCopyOption.REPLACE_EXISTING);
            Path unused = Files.move(next, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private double unusable() {
        return fixture.meters
                .get("mesosiam.channel.certificates.unusable")
                .gauge()
                .value();
    }

    private static Certificate certificate(TestCa.Identity identity) throws Exception {
        return StreamClient.certificate(identity.certificate());
    }

    private Certificate served() throws IOException {
        try (SSLSocket socket = fixture.handshaken()) {
            return socket.getSession().getPeerCertificates()[0];
        }
    }

    private void assertAdmitted(TestCa.Identity identity) throws InterruptedException {
        try (StreamClient agent = fixture.connect(identity)) {
            agent.send(hello(S1));
            assertThat(agent.receive(Sync.class)).isNotNull();
        }
    }

    private void assertRefused(TestCa.Identity identity) {
        assertRefused(StreamClient.tls(fixture.ca(), Optional.of(identity)));
    }

    private SSLSocket socket(SSLContext agent) throws IOException {
        SSLSocket socket = (SSLSocket) agent.getSocketFactory().createSocket("localhost", fixture.channel.port());
        socket.setSoTimeout(TimeLimit.millis(10_000));
        return socket;
    }

    /** The first line of the answer to a request without a WebSocket. */
    private String answer(SSLContext agent) throws IOException {
        try (SSLSocket socket = socket(agent)) {
            return answer(socket);
        }
    }

    private static String answer(SSLSocket socket) throws IOException {
        socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(US_ASCII));
        String line = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII)).readLine();
        if (line == null) {
            throw new EOFException("closed without an answer");
        }
        return line;
    }

    private void assertRefused(SSLContext agent) {
        assertThatThrownBy(() -> answer(agent))
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(SocketTimeoutException.class);
    }
}
