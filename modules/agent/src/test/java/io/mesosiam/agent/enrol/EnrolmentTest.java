package io.mesosiam.agent.enrol;

import static io.mesosiam.agent.enrol.FakeEnrolmentPort.keyOf;
import static io.mesosiam.agent.enrol.FakeEnrolmentPort.status;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.link.UnexpectedFailures;
import io.mesosiam.agent.metrics.Exposition;
import io.mesosiam.fakes.TestPort;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.pause.TimedWakeup;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class EnrolmentTest extends EnrolmentFixture {
    private static final String ENROL = "POST /v1/enrol";

    @Test
    void hostIsEnrolledWithItsToken() throws Exception {
        Enrolment enrolment = started(port.uri());

        assertThat(enrolment.turn()).isZero();

        assertThat(stored().authorities()).containsExactly(own.root());
        assertThat(log.lines()).anyMatch(line -> line.startsWith("INFO host enrolled controller="));
        assertThat(metrics(enrolment))
                .contains("mesosiam_agent_enrolments_total{outcome=\"issued\"} 1\n")
                .containsPattern("mesosiam_agent_certificate_expiry_seconds 86[34][0-9]{2}\n");
    }

    @Test
    void restartedAgentUsesTheStoredCertificateWithoutToken() throws Exception {
        started(port.uri()).turn();
        Files.delete(tokenFile());
        int requests = port.requests().size();

        assertThat(started(port.uri()).turn()).isPositive();
        assertThat(port.requests()).hasSize(requests);
    }

    @Test
    void expiredCertificateIsReplacedWithAToken() throws Exception {
        Enrolment enrolment = started(port.uri());
        enrolment.turn();
        Object before = keyInUse();
        clock.advance(Duration.ofDays(2));
        port.on(ENROL, port.signs(clock.instant()));
        Files.delete(tokenFile());

        assertThat(enrolment.turn()).isEqualTo(Duration.ofSeconds(10));
        assertThat(metrics(enrolment)).contains("mesosiam_agent_certificate_expiry_seconds -");

        writeToken(own.token());
        // the server's certificate is valid at the real time
        assertThat(enrolment.turn()).isZero();
        assertThat(keyInUse()).isNotEqualTo(before);
    }

    @Test
    void answerThatWasLostIsRequestedWithTheSameKeyAfterARestart() throws Exception {
        port.on(ENROL, (_, _) -> {});
        assertThat(started(port.uri()).turn()).isPositive();
        port.on(ENROL, port.signs(clock.instant()));

        assertThat(started(port.uri()).turn()).isZero();

        List<String> posts = port.requests().stream()
                .filter(request -> request.startsWith("POST"))
                .toList();
        assertThat(posts).hasSize(2);
        assertThat(keyOf(posts.getFirst())).isEqualTo(keyOf(posts.getLast())).isEqualTo(keyInUse());
    }

    @Test
    void allControllersAreTried() throws Exception {
        URI absent = URI.create("https://localhost:" + TestPort.claim());
        Enrolment enrolment = started(absent, port.uri());

        if (enrolment.turn().isPositive()) {
            assertThat(nextTurn(enrolment)).isZero();
        }

        assertThat(stored()).isNotNull();
    }

    @Test
    void refusalIsExplainedAndNotRepeatedSoon() throws Exception {
        port.on(ENROL, status(403, "{\"code\":\"refused\"}"));
        Enrolment enrolment = started(port.uri(), URI.create("https://localhost:" + TestPort.claim()));

        assertThat(enrolment.turn()).isBetween(Duration.ofSeconds(30), Duration.ofMinutes(1));
        clock.advance(Duration.ofSeconds(29));
        assertThat(enrolment.turn()).isLessThan(Duration.ofSeconds(31));
        assertThat(nextTurn(enrolment)).isBetween(Duration.ofMinutes(1), Duration.ofMinutes(2));

        assertThat(log.lines())
                .filteredOn(line -> line.contains("enrolment refused"))
                .isNotEmpty();
        assertThat(metrics(enrolment)).contains("enrolments_total{outcome=\"refused\"} 2\n");
    }

    @Test
    void anotherTokenIsTriedWithoutAPause() throws Exception {
        port.on(ENROL, status(403, "{\"code\":\"refused\"}"));
        Enrolment enrolment = started(port.uri());
        assertThat(enrolment.turn()).isPositive();
        int requests = port.requests().size();

        assertThat(enrolment.turn()).isPositive();
        assertThat(port.requests()).hasSize(requests);

        port.on(ENROL, port.signs(clock.instant()));
        Files.delete(tokenFile());
        writeToken(own.token());
        assertThat(enrolment.turn()).isZero();
    }

    @Test
    void clockThatIsSetBackDoesNotLengthenAPause() throws Exception {
        port.on(ENROL, status(403, "{\"code\":\"refused\"}"));
        Enrolment enrolment = started(port.uri());
        assertThat(enrolment.turn()).isPositive();
        int requests = port.requests().size();

        clock.advance(Duration.ofMinutes(-10));

        assertThat(enrolment.turn()).isPositive();
        assertThat(port.requests()).hasSizeGreaterThan(requests);
    }

    @Test
    void tokenThatOthersCanReadIsReportedOnce() throws Exception {
        Files.setPosixFilePermissions(tokenFile(), PosixFilePermissions.fromString("rw-r-----"));
        port.on(ENROL, status(403, "{\"code\":\"refused\"}"));
        Enrolment enrolment = started(port.uri());

        assertThat(enrolment.turn()).isPositive();
        assertThat(nextTurn(enrolment)).isPositive();

        assertThat(log.lines())
                .filteredOn(line -> line.contains("join token may be known to others"))
                .hasSize(1);
    }

    @Test
    void pauseThatTheControllerStatesIsKept() throws Exception {
        port.on(ENROL, status(429, "{}", "Retry-After: 900"));
        assertThat(started(port.uri()).turn()).isEqualTo(Duration.ofMinutes(15));

        port.on(ENROL, status(503, "{}", "Retry-After: 999999"));
        assertThat(started(port.uri()).turn()).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void failuresAreRepeatedAfterGrowingPauses() throws Exception {
        Enrolment enrolment = started(URI.create("https://localhost:" + TestPort.claim()));

        assertThat(enrolment.turn()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(2));
        assertThat(nextTurn(enrolment)).isBetween(Duration.ofSeconds(2), Duration.ofSeconds(4));
        for (int i = 0; i < 8; i++) {
            nextTurn(enrolment);
        }
        assertThat(nextTurn(enrolment)).isBetween(Duration.ofMinutes(1), Duration.ofMinutes(2));
    }

    @Test
    void missingTokenIsLoggedOnceAndReadWhenItArrives() throws Exception {
        Files.delete(tokenFile());
        Enrolment enrolment = started(port.uri());

        assertThat(enrolment.turn()).isPositive();
        assertThat(nextTurn(enrolment)).isPositive();
        assertThat(log.lines())
                .filteredOn(line -> line.contains("host not enrolled"))
                .hasSize(1);

        writeToken(own.token());
        assertThat(enrolment.turn()).isZero();
    }

    @Test
    void malformedTokenIsNotLogged() throws Exception {
        Files.writeString(tokenFile(), "mij_the-secret-of-a-token");
        try (Records records = new Records()) {
            assertThat(started(port.uri()).turn()).isPositive();

            assertThat(records.parameters()).anyMatch(text -> text.contains("must be a join token"));
            assertThat(records.parameters()).noneMatch(text -> text.contains("the-secret"));
        }
        assertThat(port.requests()).isEmpty();
    }

    @Test
    void hostWithoutAUsableNameIsNotEnrolled() throws Exception {
        hostname = "not a name";

        assertThat(started(port.uri()).turn()).isPositive();

        assertThat(port.requests()).isEmpty();
    }

    @Test
    void ownThreadEnrolsAndThenReportsIt() throws Exception {
        CountDownLatch enrolled = new CountDownLatch(1);
        try (Enrolment enrolment = new Enrolment(
                settings(port.uri()),
                applicant(),
                InstantSource.system(),
                new Random(7),
                new TimedWakeup(),
                TimeLimit.seconds(10))) {
            enrolment.start(enrolled::countDown, () -> {}, new UnexpectedFailures());

            assertThat(enrolled.await(TimeLimit.seconds(20).toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
        }
        assertThat(stored()).isNotNull();
    }

    @Test
    void failureToReportItEndsNeitherTheReportNorTheRenewal() throws Exception {
        CountDownLatch enrolled = new CountDownLatch(2);
        UnexpectedFailures failures = new UnexpectedFailures();
        try (Enrolment enrolment = new Enrolment(
                settings(port.uri()),
                applicant(),
                InstantSource.system(),
                new Random(7),
                new TimedWakeup(),
                TimeLimit.seconds(10))) {
            enrolment.start(
                    () -> {
                        enrolled.countDown();
                        if (enrolled.getCount() > 0) {
                            throw new IllegalStateException("as with too little memory");
                        }
                    },
                    () -> {},
                    failures);

            assertThat(enrolled.await(TimeLimit.seconds(20).toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
        }
        Exposition out = new Exposition();
        failures.expose(out);
        assertThat(out.toString()).contains("mesosiam_agent_unexpected_failures_total 1\n");
    }
}
