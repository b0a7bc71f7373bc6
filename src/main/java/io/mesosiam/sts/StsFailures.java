package io.mesosiam.sts;

import io.mesosiam.lease.SessionIdentity;
import io.mesosiam.lease.SessionOutcome;
import io.mesosiam.reach.NoConnection;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;

/**
 * Which failures of AssumeRole last and which pass. Only what STS itself says about this ask lasts; whatever may be the
 * network's, STS's or the controller's own trouble passes, and nothing good is given up for it.
 *
 * @see <a href="https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html">Common errors</a>
 */
final class StsFailures {
    private static final Set<String> LASTING = Set.of(
            "AccessDenied",
            "AccessDeniedException",
            "MalformedPolicyDocument",
            "MalformedPolicyDocumentException",
            "PackedPolicyTooLarge",
            "PackedPolicyTooLargeException",
            "RegionDisabledException",
            "ValidationError",
            "ValidationException",
            "InvalidParameterValue",
            "InvalidParameterCombination",
            "MissingParameter");

    /** About the credentials that the controller calls with; the policy is not to blame. */
    private static final Set<String> OWN_CREDENTIALS = Set.of(
            "ExpiredToken",
            "ExpiredTokenException",
            "IncompleteSignature",
            "InvalidClientTokenId",
            "MissingAuthenticationToken",
            "NotAuthorized",
            "OptInRequired",
            "RequestExpired",
            "SignatureDoesNotMatch",
            "UnrecognizedClientException");

    private static final String OWN = "STS refuses the controller's own credentials: ";

    private static final Set<String> THROTTLED = Set.of("Throttling", "ThrottlingException", "RequestLimitExceeded");

    private static final Duration SOON = Duration.ofSeconds(2);
    static final Duration LATER = Duration.ofSeconds(15);
    private static final int MAX_REASON = 600;

    /** How the SDK's messages of a connection to the service itself begin. */
    private static final Pattern CONNECTION =
            Pattern.compile("^(Unable to execute HTTP request|Received an UnknownHostException)");

    private final RandomGenerator random;

    StsFailures(RandomGenerator random) {
        this.random = random;
    }

    /** @param address of the STS that was asked */
    SessionOutcome.Failure outcome(SessionIdentity identity, RuntimeException failure, String address) {
        return switch (failure) {
            case AwsServiceException answer -> answered(identity, answer);
            case ApiCallTimeoutException late -> passing("STS did not answer in time", SOON);
            case ApiCallAttemptTimeoutException late -> passing("STS did not answer in time", SOON);
            // no connection, an answer that can't be read, no credentials to sign with: the SDK says which
            default -> passing("no answer from STS: " + text(identity, words(failure, address)), SOON);
        };
    }

    /**
     * The SDK's text about a connection has no address, and is long where the host is unknown. A failure of another connection, such as the one that
     * fetches credentials, has other words.
     */
    private static String words(RuntimeException failure, String address) {
        String said = String.valueOf(failure.getMessage());
        return CONNECTION.matcher(said).find()
                ? NoConnection.of(failure)
                        .map(why -> why.words() + " (" + address + ")")
                        .orElse(said)
                : said;
    }

    /** Whether it is the controller's own credentials that STS refuses. */
    static boolean isOfCaller(RuntimeException failure) {
        return failure instanceof AwsServiceException answer
                && !isThrottling(answer)
                && OWN_CREDENTIALS.contains(code(answer));
    }

    /** Whether STS said so itself: not what is in front of it, and not a time limit. */
    static boolean isAnswer(RuntimeException failure) {
        return failure instanceof AwsServiceException answer && (answer.statusCode() < 500 || isThrottling(answer));
    }

    static boolean isThrottling(RuntimeException failure) {
        return failure instanceof AwsServiceException answer
                && (answer.isThrottlingException() || THROTTLED.contains(code(answer)));
    }

    /** An answer with status 200 that isn't one. */
    SessionOutcome senseless(String what) {
        return passing("STS answered without a usable session: " + what, SOON);
    }

    SessionOutcome.Unavailable passing(String reason, Duration around) {
        double share = 0.5 + random.nextDouble();
        return new SessionOutcome.Unavailable(
                reason, Optional.of(Duration.ofMillis((long) (around.toMillis() * share))));
    }

    private SessionOutcome.Failure answered(SessionIdentity identity, AwsServiceException answer) {
        String code = code(answer);
        String said = said(identity, answer, code);
        if (isThrottling(answer)) {
            return passing("STS throttles: " + said, SOON);
        }
        if (OWN_CREDENTIALS.contains(code)) {
            return passing(OWN + said, LATER);
        }
        return LASTING.contains(code) && answer.statusCode() < 500
                ? new SessionOutcome.Refused(said)
                : passing("STS failed: " + said, SOON);
    }

    private static String code(AwsServiceException answer) {
        return Optional.ofNullable(answer.awsErrorDetails())
                .map(details -> details.errorCode())
                .orElse("");
    }

    private static String said(SessionIdentity identity, AwsServiceException answer, String code) {
        String message = Optional.ofNullable(answer.awsErrorDetails())
                .map(details -> details.errorMessage())
                .orElse("an answer that can't be read");
        String request = Optional.ofNullable(answer.requestId())
                .map(id -> ", request " + id)
                .orElse("");
        return text(identity, (code.isEmpty() ? "" : code + ": ") + message) + " (status " + answer.statusCode()
                + text(identity, request) + ")";
    }

    /** AWS quotes what it was sent; the external id goes no further, and neither do control characters or endless text. */
    private static String text(SessionIdentity identity, String said) {
        String quiet = identity.externalId()
                .map(id -> said.replace(id, "[external id]"))
                .orElse(said)
                .replaceAll("\\p{Cntrl}+", " ");
        return quiet.length() <= MAX_REASON ? quiet : quiet.substring(0, MAX_REASON) + "…";
    }
}
