package io.mesosiam.channel;

import static io.mesosiam.channel.ChangingCertificates.AUTHORITIES;
import static io.mesosiam.channel.ChangingCertificates.CERTIFICATE;
import static io.mesosiam.channel.ChangingCertificates.KEY;
import static io.mesosiam.channel.ChannelFixture.S1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TestTls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
import org.junit.jupiter.params.provider.ValueSource;

/** Files of the agents' port that change while it is open, with real files and real TLS. */
class RenewedCertificatesTest {
    @TempDir
    private Path directory;

    private ChangingCertificates port;

    @BeforeEach
    void open() {
        port = new ChangingCertificates(directory);
    }

    @AfterEach
    void close() {
        port.close();
    }

    @Test
    void renewedCertificateIsServedToTheNextConnection() throws Exception {
        port.assertServes(port.fixture.controller());

        port.replacePair(port.fixture.host1());
        port.reload();

        port.assertServes(port.fixture.host1());
        assertThat(port.log.lines()).anyMatch(line -> line.startsWith("INFO agents port certificates renewed until="));
        assertThat(port.fixture.channel.certificateTrouble()).isEmpty();
    }

    @Test
    void openStreamContinuesAcrossARenewal() throws Exception {
        StreamClient stream = port.fixture.open();

        port.replacePair(port.fixture.host1());
        port.replace(AUTHORITIES, port.fixture.otherCa());
        port.reload();

        assertThat(port.fixture.channel.deliver(S1, Deliveries.refuse("still here")))
                .isTrue();
        assertThat(stream.receive().toString()).contains("still here");
    }

    @Test
    void unchangedFilesRenewNothing() {
        port.reload();

        assertThat(port.log.lines()).noneMatch(line -> line.contains("certificates"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void certificateAndKeyAreUsedOnceBothAreReplaced(boolean certificateFirst) throws Exception {
        String first = certificateFirst ? CERTIFICATE : KEY;
        String second = certificateFirst ? KEY : CERTIFICATE;
        port.replace(
                first,
                certificateFirst
                        ? port.fixture.host1().certificate()
                        : port.fixture.host1().key());
        port.reload();

        port.assertServes(port.fixture.controller());
        assertThat(port.fixture.channel.certificateTrouble()).hasValueSatisfying(trouble -> assertThat(trouble)
                .startsWith("mesos-iam.channel.key-file=" + port.file(KEY) + ": is not the key of the certificate."));

        port.replace(
                second,
                certificateFirst
                        ? port.fixture.host1().key()
                        : port.fixture.host1().certificate());
        port.reload();

        port.assertServes(port.fixture.host1());
        assertThat(port.fixture.channel.certificateTrouble()).isEmpty();
    }

    @Test
    void agentOfANewAuthorityIsAdmittedAfterIt() throws Exception {
        port.assertRefused(port.fixture.stranger());

        Files.writeString(
                port.file(AUTHORITIES), Files.readString(port.fixture.ca()) + Files.readString(port.fixture.otherCa()));
        port.reload();

        port.assertAdmitted(port.fixture.stranger());
        port.assertAdmitted(port.fixture.host1());
    }

    @Test
    void agentOfARemovedAuthorityIsRefused() throws Exception {
        port.assertAdmitted(port.fixture.host1());

        port.replace(AUTHORITIES, port.fixture.otherCa());
        port.reload();

        port.assertRefused(port.fixture.host1());
        port.assertAdmitted(port.fixture.stranger());
    }

    /** A resumed session does not show the agent's certificate again. */
    @Test
    void sessionFromBeforeTheRenewalIsNotResumed() throws Exception {
        SSLContext agent = TestTls.context(port.fixture.ca(), Optional.of(port.fixture.host1()));
        long first = sessionCreatedAt(agent);
        assertThat(sessionCreatedAt(agent)).as("resumes the session").isEqualTo(first);

        port.replace(AUTHORITIES, port.fixture.otherCa());
        port.reload();

        port.assertRefused(agent);
    }

    private long sessionCreatedAt(SSLContext agent) throws IOException {
        try (SSLSocket socket = port.socket(agent)) {
            assertThat(ChangingCertificates.answer(socket)).contains("404");
            return socket.getSession().getCreationTime();
        }
    }

    @Test
    void clientCertificateAndTls13StayRequired() throws Exception {
        port.replacePair(port.fixture.host1());
        port.reload();

        port.assertRefused(TestTls.context(port.fixture.ca(), Optional.empty()));
        try (SSLSocket old = port.socket(TestTls.context(port.fixture.ca(), Optional.of(port.fixture.host1())))) {
            old.setEnabledProtocols(new String[] {"TLSv1.2"});
            assertThatThrownBy(old::startHandshake).isInstanceOf(SSLException.class);
        }
    }

    @Test
    void connectionsDuringRenewalsDoNotFail() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        Thread renewals = Thread.ofVirtual().start(() -> {
            for (int i = 0; !done.get(); i++) {
                TestCa.Identity next = i % 2 == 0 ? port.fixture.host1() : port.fixture.controller();
                port.replacePair(next);
                port.reload();
            }
        });
        try {
            SSLContext agent = TestTls.context(port.fixture.ca(), Optional.of(port.fixture.host1()));
            for (int i = 0; i < 100; i++) {
                assertThat(port.answer(agent)).contains("404");
            }
        } finally {
            done.set(true);
            renewals.join();
        }
        assertThat(port.log.lines()).anyMatch(line -> line.contains("certificates renewed"));
    }
}
