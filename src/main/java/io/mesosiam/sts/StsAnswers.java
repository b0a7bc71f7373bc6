package io.mesosiam.sts;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
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
    /** Calls in a row without an answer, after which few are made. */
    private static final int MISSED = 8;

    /** The calls at a time that find out whether STS answers again. */
    private static final int TRIES = 8;

    private static final Duration LONGEST_CHECK = Duration.ofSeconds(5);

    private final StsClient client;
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger missed = new AtomicInteger();
    private volatile Optional<String> silence = Optional.empty();
    private volatile Optional<String> refused = Optional.empty();

    private volatile boolean answered;

    StsAnswers(StsClient client) {
        this.client = client;
    }

    /**
     * Begins a call, which {@link #end} ends. While STS doesn't answer, only a few calls are made at a time, so that they
     * don't take the places of calls to other regions.
     *
     * @return why none is made now; empty if it may be made
     */
    Optional<String> begin() {
        Optional<String> known = silence;
        boolean few = running.incrementAndGet() <= TRIES;
        if (few || known.isEmpty() || missed.get() < MISSED) {
            return Optional.empty();
        }
        end();
        return known;
    }

    void end() {
        int unused = running.decrementAndGet();
    }

    /** Records a call without an answer. */
    void missing(String reason) {
        int unused = missed.incrementAndGet();
        silence = Optional.of(reason);
    }

    /** Records an answer of STS, including errors. */
    void arrived() {
        answered = true;
        missed.set(0);
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
            if (client.getCallerIdentity(
                            request -> request.overrideConfiguration(call -> call.apiCallTimeout(LONGEST_CHECK)))
                    .sdkHttpResponse()
                    .isSuccessful()) {
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
