package io.mesosiam.sts;

import java.util.Optional;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sts.StsClient;

/**
 * Whether one region's STS answers, and whether it accepts the controller's credentials. A call without an answer is trouble until a later
 * one is answered; while no task needs a session, a {@code GetCallerIdentity}, which needs no permission, asks in its place. Refused
 * credentials are trouble until STS accepts them, in a call for a session or in a {@code GetCallerIdentity}.
 */
final class StsAnswers {
    private final StsClient client;
    private volatile Optional<String> silence = Optional.empty();
    private volatile Optional<String> refused = Optional.empty();

    private volatile boolean heard;

    StsAnswers(StsClient client) {
        this.client = client;
    }

    /** A call was not answered. */
    void missing(String reason) {
        silence = Optional.of(reason);
    }

    /** STS answered, whatever it said. */
    void arrived() {
        heard = true;
        silence = Optional.empty();
    }

    /** Whether STS has answered at least once. */
    boolean heard() {
        return heard;
    }

    /** STS refused the controller's credentials. */
    void refused(String reason) {
        refused = Optional.of(reason);
    }

    /** STS answered to the controller's credentials. */
    void accepted() {
        refused = Optional.empty();
    }

    /** Why no session comes from here; empty if one does, as far as is known. Blocks for a call while there is trouble. */
    Optional<String> trouble() {
        if (refused.isPresent() || silence.isPresent()) {
            look();
        }
        return refused.or(() -> silence);
    }

    /** Only an answer to {@code GetCallerIdentity} itself accepts the credentials: an error may come before STS looks at them. */
    private void look() {
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
            // no answer: what was known stands
        }
    }
}
