package io.mesosiam.sts;

import static io.mesosiam.sts.Launches.gives;
import static io.mesosiam.sts.SessionsFixture.KEY_ID;
import static io.mesosiam.sts.SessionsFixture.SECRET_KEY;
import static io.mesosiam.sts.SessionsFixture.TOKEN;
import static io.mesosiam.sts.SessionsFixture.assertUnavailable;
import static io.mesosiam.sts.SessionsFixture.sessions;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.mesosiam.lease.SessionSource.SessionOutcome;
import io.mesosiam.lease.SessionSource.SessionOutcome.Refused;
import io.mesosiam.sandbox.sts.SandboxSts;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which failures of a call are lasting, which are temporary, and what their reasons contain. */
class StsFailureTest {
    private final SessionsFixture fixture = new SessionsFixture();
    private final FaultySts sts = fixture.sts;
    private final StsSessions sessions = fixture.sessions;

    @AfterEach
    void stop() {
        fixture.close();
    }

    static final List<Arguments> LASTING = List.of(
            Arguments.of(403, "AccessDenied"),
            Arguments.of(400, "MalformedPolicyDocument"),
            Arguments.of(400, "PackedPolicyTooLarge"),
            Arguments.of(400, "ValidationError"),
            Arguments.of(403, "RegionDisabledException"));

    @ParameterizedTest
    @FieldSource("LASTING")
    void rejectionOfTheRequestIsLasting(int status, String code) {
        sts.fails(status, code, "because of that");

        assertThat(sessions.session(fixture.identity("job-7", gives()), true))
                .asInstanceOf(type(Refused.class))
                .satisfies(refused -> assertThat(refused.reason())
                        .contains(code + ": because of that", "status " + status, "request " + FaultySts.REQUEST));
        assertThat(sts.requests()).hasSize(1);
    }

    static final List<Arguments> PASSING = List.of(
            Arguments.of(400, "Throttling", "STS throttles"),
            Arguments.of(429, "TooManyRequests", "STS throttles"),
            Arguments.of(403, "ExpiredToken", "the controller's own credentials"),
            Arguments.of(403, "InvalidClientTokenId", "the controller's own credentials"),
            Arguments.of(403, "SignatureDoesNotMatch", "the controller's own credentials"),
            Arguments.of(500, "InternalFailure", "STS failed"),
            Arguments.of(503, "ServiceUnavailable", "STS failed"),
            Arguments.of(500, "AccessDenied", "STS failed"),
            Arguments.of(400, "SomethingNew", "STS failed"));

    @ParameterizedTest
    @FieldSource("PASSING")
    void otherFailureIsTemporary(int status, String code, String reason) {
        sts.fails(status, code, "because of that");

        assertUnavailable(sessions.session(fixture.identity("job-7", gives()), true), reason);
        assertThat(sts.requests()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 403, 404, 502})
    void unreadableResponseIsTemporary(int status) {
        sts.answers(status, "<html>this is <not> XML");

        assertUnavailable(sessions.session(fixture.identity("job-7", gives()), true), "STS");
    }

    static final List<Arguments> SENSELESS = List.of(
            Arguments.of(FaultySts.session("A", "B", "C", ""), "no expiration"),
            Arguments.of(
                    FaultySts.session("A", "B", "C", "<Expiration>1970-01-01T00:00:00Z</Expiration>"),
                    "expired at 1970-01-01T00:00:00Z"),
            Arguments.of(FaultySts.session("A", "B", "C", "<Expiration>soon</Expiration>"), "no answer from STS"),
            Arguments.of(FaultySts.session("", "B", "C", ""), "key id, key or token is missing"),
            Arguments.of(FaultySts.session("A", "B", "to&quot;ken", ""), "not what agents can pass on"),
            Arguments.of(FaultySts.session("A", "B", "x".repeat(40_000), ""), "not what agents can pass on"),
            Arguments.of(FaultySts.session("A", " ", "C", ""), "key id, key or token is missing"),
            Arguments.of(FaultySts.session("A", "B", "", ""), "key id, key or token is missing"),
            Arguments.of("<AssumeRoleResponse/>", "no credentials"),
            Arguments.of("", "STS"));

    @ParameterizedTest
    @FieldSource("SENSELESS")
    void responseWithoutAUsableSessionIsTemporary(String body, String reason) {
        sts.answers(200, body);

        assertUnavailable(sessions.session(fixture.identity("job-7", gives()), true), reason);
    }

    @Test
    void unansweredCallTimesOut() {
        sts.neverAnswers();

        assertUnavailable(sessions.session(fixture.identity("job-7", gives()), true), "STS");
    }

    @Test
    void unreachableStsIsUnavailable() {
        FaultySts gone = new FaultySts();
        gone.close();
        try (StsSessions unreachable = sessions(gone.uri(), FaultySts.CREDENTIALS)) {
            assertUnavailable(
                    unreachable.session(fixture.identity("job-7", gives()), true),
                    "no answer from STS: connection refused (" + gone.uri() + ")");
        }
    }

    @Test
    void messageNamesAnUnknownStsHost() {
        try (StsSessions unreachable = sessions(URI.create("http://no.such.invalid"), FaultySts.CREDENTIALS)) {
            assertUnavailable(
                    unreachable.session(fixture.identity("job-7", gives()), true),
                    "no answer from STS: no such host (http://no.such.invalid)");
        }
    }

    @Test
    void outcomeContainsNeitherExternalIdNorSecret() {
        sts.fails(400, "ValidationError", "'between-us' at 'externalId' isn't good");

        SessionOutcome outcome = sessions.session(fixture.identity("job-7", gives().externalId("between-us")), true);

        assertThat(outcome.toString())
                .contains("[external id]")
                .doesNotContain("between-us", SandboxSts.controllerSecretAccessKey());
    }

    @Test
    void failureContainsNoKeyMaterial() {
        sts.answers(200, FaultySts.session(KEY_ID, SECRET_KEY, TOKEN, "<Expiration>x</Expiration>"));

        SessionOutcome outcome = sessions.session(fixture.identity("job-7", gives()), true);

        assertThat(outcome.toString()).doesNotContain(SECRET_KEY, TOKEN);
    }

    @Test
    void longErrorIsShortened() {
        sts.fails(403, "AccessDenied", "x".repeat(100_000) + "\n");

        assertThat(sessions.session(fixture.identity("job-7", gives()), true))
                .asInstanceOf(type(Refused.class))
                .satisfies(refused ->
                        assertThat(refused.reason()).hasSizeLessThan(800).doesNotContain("\n"));
    }
}
