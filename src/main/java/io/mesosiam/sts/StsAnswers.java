package io.mesosiam.sts;

import java.util.Optional;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sts.StsClient;

/**
 * Whether one region's STS answers and accepts the controller's credentials. A call without an answer is a problem
 * until a later call is answered. While no task needs a session, {@code GetCallerIdentity}, which needs no permission,
 * is called for that. Refused credentials are a problem until STS accepts them, in a call for a session or in {@code
 * GetCallerIdentity}.
 */
final class StsAnswers {
    private final StsClient client;
    private volatile Optional<String> silence = Optional.empty();
    private volatile Optional<String> refused = Optional.empty();

    private volatile boolean answered;

    StsAnswers(StsClient client) {
        this.client = client;
    }

    /** Records a call without an answer. */
    void missing(String reason) {
        silence = Optional.of(reason);
    }

    /** Records an answer of STS, including errors. */
    void arrived() {
        answered = true;
        silence = Optional.empty();
    }

    /** Whether STS has answered at least once. */
    boolean answered() {
        return answered;
    }

    /** Records that STS refused the controller's credentials. */
    void refused(String reason) {
        refused = Optional.of(reason);
    }

    /** Records that STS accepted the controller's credentials. */
    void accepted() {
        refused = Optional.empty();
    }

    /**
     * Why this region issues no session; empty if no problem is known. Blocks for one call while there is a problem.
     */
    Optional<String> trouble() {
        if (refused.isPresent() || silence.isPresent()) {
            checkCaller();
        }
        return refused.or(() -> silence);
    }

    /**
     * Calls {@code GetCallerIdentity}. Only a successful answer accepts the credentials: an error can occur before STS
     * checks them.
     */
    private void checkCaller() {
        try {
            if (client.getCallerIdentity().sdkHttpResponse().isSuccessful()) {
                arrived();
                accepted();
            }
        } catch (AwsServiceException e) {
            if (e.statusCode() < 500) {
                arrived();
            }
        } catch (SdkException e) {
            // No answer: the known problem remains.
        }
    }
}
