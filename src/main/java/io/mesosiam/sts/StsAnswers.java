package io.mesosiam.sts;

import java.util.Optional;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sts.StsClient;

/**
 * Whether STS answers at all. A call without an answer is trouble until a later one is answered; while no task needs a session, a
 * {@code GetCallerIdentity}, which needs no permission, asks in its place.
 */
final class StsAnswers {
    private volatile Optional<Silence> silence = Optional.empty();

    private volatile boolean heard;

    private record Silence(StsClient client, String reason) {}

    /** A call to that client was not answered. */
    void missing(StsClient client, String reason) {
        silence = Optional.of(new Silence(client, reason));
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

    /** Why STS doesn't answer; empty if it does, as far as is known. Blocks for a call if the last one was not answered. */
    Optional<String> trouble() {
        silence.ifPresent(last -> {
            if (isAnswered(last.client())) {
                arrived();
            }
        });
        return silence.map(Silence::reason);
    }

    private static boolean isAnswered(StsClient client) {
        try {
            return client.getCallerIdentity().sdkHttpResponse().statusCode() < 500;
        } catch (AwsServiceException e) {
            return e.statusCode() < 500;
        } catch (SdkException e) {
            return false;
        }
    }
}
