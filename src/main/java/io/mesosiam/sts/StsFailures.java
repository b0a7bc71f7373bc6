package io.mesosiam.sts;

import io.mesosiam.lease.SessionIdentity;
import io.mesosiam.lease.SessionSource.SessionOutcome;
import io.mesosiam.line.OneLine;
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
 * Classifies failures of AssumeRole as lasting or temporary. A failure is lasting only if STS itself rejects this
 * request. Possible problems of the network, of STS or of the controller are temporary, and no session is dropped
 * because of them.
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

    /** Error codes about the controller's own credentials, which are independent of the policy. */
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

    private static final Set<String> TOO_LARGE = Set.of("PackedPolicyTooLarge", "PackedPolicyTooLargeException");

    private static final String OWN = "STS refuses the controller's own credentials: ";
    static final String HUB_REFUSED = "STS refuses the session of the hub role ";

    private static final Set<String> THROTTLED = Set.of("Throttling", "ThrottlingException", "RequestLimitExceeded");

    static final Duration SOON = Duration.ofSeconds(2);
    static final Duration LATER = Duration.ofSeconds(15);
    private static final int MAX_REASON = 600;

    /** The beginnings of the SDK's messages about a connection to the service itself. */
    private static final Pattern CONNECTION =
            Pattern.compile("^(Unable to execute HTTP request|Received an UnknownHostException)");

    private final RandomGenerator random;

    StsFailures(RandomGenerator random) {
        this.random = random;
    }

    /** @param address address of STS */
    SessionOutcome.Failure outcome(SessionIdentity identity, RuntimeException failure, String address) {
        return switch (failure) {
            case AwsServiceException answer -> answered(identity, answer);
            case ApiCallTimeoutException late -> temporary("STS did not answer in time", SOON);
            case ApiCallAttemptTimeoutException late -> temporary("STS did not answer in time", SOON);
            // For instance no connection, an unreadable response, or no credentials to sign with; the SDK's message
            // states which.
            default -> temporary("no answer from STS: " + text(identity, reason(failure, address)), SOON);
        };
    }

    /**
     * Returns the reason of a failure without an answer. The SDK's message of a failed connection lacks the address and
     * is long if the host is unknown, so it is replaced. Messages about other connections, for example the connection that
     * fetches credentials, are kept.
     */
    private static String reason(RuntimeException failure, String address) {
        String message = String.valueOf(failure.getMessage());
        return CONNECTION.matcher(message).find()
                ? NoConnection.of(failure)
                        .map(why -> why.words() + " (" + address + ")")
                        .orElse(message)
                : message;
    }

    /** Whether STS refuses the controller's own credentials. */
    static boolean isOfCaller(RuntimeException failure) {
        return failure instanceof AwsServiceException answer
                && !isThrottling(answer)
                && OWN_CREDENTIALS.contains(code(answer));
    }

    /** Whether the failure is an answer of STS itself, as opposed to one of an intermediary or a timeout. */
    static boolean isAnswer(RuntimeException failure) {
        return failure instanceof AwsServiceException answer && (answer.statusCode() < 500 || isThrottling(answer));
    }

    /** Whether STS has no space for the session's tags and policies. */
    static boolean isTooLarge(RuntimeException failure) {
        return failure instanceof AwsServiceException answer && TOO_LARGE.contains(code(answer));
    }

    static boolean isThrottling(RuntimeException failure) {
        return failure instanceof AwsServiceException answer
                && (answer.isThrottlingException() || THROTTLED.contains(code(answer)));
    }

    /** A response with status 200 that contains no usable session. */
    SessionOutcome unusable(String what) {
        return temporary("STS answered without a usable session: " + what, SOON);
    }

    SessionOutcome.Unavailable temporary(String reason, Duration around) {
        double share = 0.5 + random.nextDouble();
        return new SessionOutcome.Unavailable(
                reason, Optional.of(Duration.ofMillis((long) (around.toMillis() * share))));
    }

    private SessionOutcome.Failure answered(SessionIdentity identity, AwsServiceException answer) {
        String code = code(answer);
        String message = message(identity, answer, code);
        if (isThrottling(answer)) {
            return temporary("STS throttles calls: " + message, SOON);
        }
        if (OWN_CREDENTIALS.contains(code)) {
            return temporary(identity.via().map(hub -> HUB_REFUSED + hub + ": ").orElse(OWN) + message, LATER);
        }
        return LASTING.contains(code) && answer.statusCode() < 500
                ? new SessionOutcome.Refused(identity.via()
                        .map(hub -> message + ", assumed with the hub role " + hub)
                        .orElse(message))
                : temporary("STS failed: " + message, SOON);
    }

    private static String code(AwsServiceException answer) {
        return Optional.ofNullable(answer.awsErrorDetails())
                .map(details -> details.errorCode())
                .orElse("");
    }

    private static String message(SessionIdentity identity, AwsServiceException answer, String code) {
        String message = Optional.ofNullable(answer.awsErrorDetails())
                .map(details -> details.errorMessage())
                .orElse("an answer that can't be read");
        String request = Optional.ofNullable(answer.requestId())
                .map(id -> ", request " + id)
                .orElse("");
        return text(identity, (code.isEmpty() ? "" : code + ": ") + message) + " (status " + answer.statusCode()
                + text(identity, request) + ")";
    }

    /**
     * Prepares a message for operators. AWS quotes the request, so the external id is removed; control characters are
     * removed and the length is limited.
     */
    private static String text(SessionIdentity identity, String message) {
        String safe = identity.externalId()
                .map(id -> message.replace(id, "[external id]"))
                .orElse(message);
        return OneLine.cut(OneLine.of(safe), MAX_REASON);
    }
}
