package io.mesosiam.agent.enrol;

import io.mesosiam.agent.config.EnrolmentSettings;
import io.mesosiam.agent.config.JoinToken;
import io.mesosiam.agent.config.ProofSource;
import io.mesosiam.agent.local.HostMetadata;
import io.mesosiam.agent.metrics.Exposition;
import io.mesosiam.fakes.LogRecords;
import io.mesosiam.fakes.ManualClock;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.pause.Wakeup;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** An enrolment whose clock and turns the test controls, and a controller's enrolment port. */
abstract class EnrolmentFixture {
    static TestAuthority own;

    @TempDir
    Path directory;

    final ManualClock clock = new ManualClock(Instant.now());
    final AtomicInteger wakes = new AtomicInteger();
    final LogRecords log = new LogRecords("io.mesosiam.agent.enrol");

    final Wakeup wakeup = new Wakeup() {
        @Override
        public void await(Duration time) {
            throw new AssertionError("the test takes the turns");
        }

        @Override
        public void wake() {
            wakes.incrementAndGet();
        }
    };

    FakeEnrolmentPort port;
    String hostname = "host-1";
    ProofSource proof;
    List<InetSocketAddress> metadata = List.of();

    @BeforeAll
    static void authority() throws Exception {
        own = new TestAuthority("own");
    }

    @BeforeEach
    void begin() throws Exception {
        port = new FakeEnrolmentPort(own);
        proof = new ProofSource.Token(Optional.empty(), Optional.of(tokenFile()));
        writeToken(own.token());
    }

    Applicant applicant() {
        return new Applicant(
                () -> hostname, proof, new InstanceIdentity(new HostMetadata(metadata, TimeLimit.millis(5_000))));
    }

    @AfterEach
    void end() throws Exception {
        port.close();
        log.close();
    }

    Path tokenFile() {
        return directory.resolve("token");
    }

    void writeToken(JoinToken token) throws Exception {
        Files.writeString(tokenFile(), new String(token.text().reveal(), StandardCharsets.US_ASCII) + "\n");
        Files.setPosixFilePermissions(tokenFile(), PosixFilePermissions.fromString("rw-------"));
    }

    EnrolmentSettings settings(URI... controllers) {
        return new EnrolmentSettings(List.of(controllers), proof, directory.resolve("state"));
    }

    /** An agent that has just started. */
    Enrolment started(URI... controllers) throws Exception {
        return new Enrolment(settings(controllers), applicant(), clock, new Random(7), wakeup, TimeLimit.seconds(10));
    }

    /** The next turn, at the time when it is due. */
    Duration nextTurn(Enrolment enrolment) throws Exception {
        clock.advance(enrolment.turn());
        return enrolment.turn();
    }

    PublicKey keyInUse() throws Exception {
        return stored().leaf().getPublicKey();
    }

    StoredCertificate stored() throws Exception {
        return StateDirectory.open(settings()).certificate().orElseThrow();
    }

    static String metrics(Enrolment enrolment) {
        Exposition out = new Exposition();
        enrolment.expose(out);
        return out.toString();
    }
}
