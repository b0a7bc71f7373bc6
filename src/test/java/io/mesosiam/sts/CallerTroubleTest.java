package io.mesosiam.sts;

import static io.mesosiam.sts.Launches.gives;
import static io.mesosiam.sts.SessionsFixture.assertUnavailable;
import static io.mesosiam.sts.SessionsFixture.sessions;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;

/** When the controller's own credentials, or STS as a whole, are reported as the trouble. */
class CallerTroubleTest {
    private final SessionsFixture fixture = new SessionsFixture();
    private final FaultySts sts = fixture.sts;
    private final StsSessions sessions = fixture.sessions;

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void controllerWithoutCredentialsIsUnavailable() {
        AwsCredentialsProvider none = () -> {
            throw SdkClientException.create("Unable to load credentials from any of the providers");
        };
        try (StsSessions poor = sessions(sts.uri(), none)) {
            assertUnavailable(poor.session(fixture.identity("job-7", gives()), true), "Unable to load credentials");
        }
    }

    @Test
    void withoutCredentialsStsIsNotCalled() {
        AwsCredentialsProvider none = () -> {
            throw SdkClientException.create("Unable to load credentials from any of the providers");
        };
        try (StsSessions poor = sessions(sts.uri(), none)) {
            assertUnavailable(
                    poor.session(fixture.identity("job-7", gives()), true),
                    "the controller has no AWS credentials: Unable");
            assertThat(poor.callerTrouble()).hasValueSatisfying(trouble -> assertThat(trouble)
                    .startsWith("the controller has no AWS credentials"));
        }
        assertThat(sts.requests()).isEmpty();
    }

    @Test
    void refusedCredentialsAreTroubleUntilStsAcceptsThem() {
        assertThat(sessions.callerTrouble()).isEmpty();

        sts.fails(403, "ExpiredToken", "the token is expired");
        sessions.session(fixture.identity("job-7", gives()), true);
        assertThat(sessions.callerTrouble()).hasValueSatisfying(trouble -> assertThat(trouble)
                .contains("STS refuses the controller's own credentials", "ExpiredToken"));

        // A denied role shows that the credentials are accepted.
        sts.fails(403, "AccessDenied", "no");
        sessions.session(fixture.identity("job-8", gives()), true);
        assertThat(sessions.callerTrouble()).isEmpty();
    }

    @Test
    void repairedCredentialsEndTheTroubleWithoutATaskThatNeedsASession() {
        sts.fails(403, "InvalidClientTokenId", "the key is invalid");
        sessions.session(fixture.identity("job-7", gives()), true);
        assertThat(sessions.callerTrouble()).isPresent();

        sts.recovers();

        assertThat(sessions.callerTrouble()).isEmpty();
    }

    @Test
    void unansweredStsIsTrouble() {
        FaultySts gone = new FaultySts();
        gone.close();
        try (StsSessions unreachable = sessions(gone.uri(), FaultySts.CREDENTIALS)) {
            assertThat(unreachable.callerTrouble()).isEmpty();

            unreachable.session(fixture.identity("job-7", gives()), true);

            assertThat(unreachable.callerTrouble())
                    .hasValueSatisfying(trouble -> assertThat(trouble).contains("no answer from STS"));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 502, 503})
    void errorOfAnIntermediaryIsTroubleUntilStsAnswers(int status) {
        sts.fails(status, "InternalFailure", "broken");
        sessions.session(fixture.identity("job-7", gives()), true);
        assertThat(sessions.callerTrouble()).isPresent();

        sts.fails(403, "AccessDenied", "an answer");

        assertThat(sessions.callerTrouble()).isEmpty();
    }

    @Test
    void throttlingIsAnAnswer() {
        sts.fails(400, "Throttling", "slow down");

        sessions.session(fixture.identity("job-7", gives()), true);

        assertThat(sessions.callerTrouble()).isEmpty();
    }

    @Test
    void missingCredentialsAreReportedInOneSentence() {
        AwsCredentialsProvider none = () -> {
            throw SdkClientException.create(
                    "Unable to load credentials from any of the providers in the chain"
                            + " AwsCredentialsProviderChain(credentialsProviders=[SystemPropertyCredentialsProvider(),"
                            + " EnvironmentVariableCredentialsProvider()]) : [SystemPropertyCredentialsProvider(): Unable to load"
                            + " credentials from system settings. Access key must be specified either via environment variable]");
        };
        try (StsSessions poor = sessions(sts.uri(), none)) {
            assertThat(poor.callerTrouble())
                    .contains("the controller has no AWS credentials: Unable to load credentials from any of the"
                            + " providers in the chain");
        }
    }

    @Test
    void troubleOfOneRegionDoesNotAffectAnother() {
        sessions.session(fixture.identity("one", gives()), true);
        sts.fails(403, "InvalidClientTokenId", "the region is not enabled");
        sessions.session(fixture.identity("two", gives().region("af-south-1")), true);
        assertThat(sessions.callerTrouble()).isEmpty();

        sessions.session(fixture.identity("three", gives()), true);
        assertThat(sessions.callerTrouble()).hasValueSatisfying(trouble -> assertThat(trouble)
                .contains("af-south-1: STS refuses", "; eu-west-1: STS refuses"));

        sts.recovers();
        sessions.session(fixture.identity("four", gives().region("af-south-1")), true);
        assertThat(sessions.callerTrouble()).isEmpty();
    }

    @Test
    void answerOfOneRegionDoesNotEndTheTroubleOfAnother() {
        sts.fails(403, "ExpiredToken", "the token is expired");
        sessions.session(fixture.identity("one", gives()), true);
        sts.recovers();
        sessions.session(fixture.identity("two", gives().region("af-south-1")), true);
        // eu-west-1, which is called again, still refuses.
        sts.fails(403, "ExpiredToken", "the token is expired");
        assertThat(sessions.callerTrouble()).isEmpty();

        sessions.session(fixture.identity("three", gives().region("af-south-1")), true);

        assertThat(sessions.callerTrouble()).hasValueSatisfying(trouble -> assertThat(trouble)
                .contains("af-south-1: STS refuses", "eu-west-1: STS refuses"));
    }
}
