package io.mesosiam.sts;

import io.mesosiam.lease.SessionIdentity;
import io.mesosiam.lease.SessionSource.SessionOutcome;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

/**
 * Requests one session: waits for a turn in the region's budget, calls, and classifies the answer. If STS finds the tags
 * too large, it drops the identity's droppable tags one after another, with a turn for each call.
 */
final class StsCaller {
    private static final List<String> OUTCOMES = List.of("issued", "refused", "unavailable");
    /** From an answer of a near region to the default limit of a call. */
    private static final Duration[] BOUNDS = Stream.of(25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000)
            .map(Duration::ofMillis)
            .toArray(Duration[]::new);

    private static final Duration QUEUE_AGAIN = Duration.ofSeconds(5);

    private final AssumeRoleCall call;
    private final StsFailures failures;
    private final Duration longestQueue;
    private final MeterRegistry meters;
    private final DroppedTags dropped = new DroppedTags();

    StsCaller(AssumeRoleCall call, StsFailures failures, Duration longestQueue, MeterRegistry meters) {
        this.call = call;
        this.failures = failures;
        this.longestQueue = longestQueue;
        this.meters = meters;
        OUTCOMES.forEach(this::timer);
    }

    /**
     * Blocks until the answer.
     *
     * @param hub the session that signs the request; empty for the controller's own credentials
     */
    SessionOutcome session(
            RegionalSts sts, SessionIdentity identity, Optional<AwsCredentialsProvider> hub, boolean waiting) {
        Optional<String> silent = sts.answers().begin();
        if (silent.isPresent()) {
            return failures.temporary(
                    "STS does not answer, and few calls are made until it does: " + silent.get(), StsFailures.SOON);
        }
        try {
            Optional<SessionOutcome> outcome = Optional.empty();
            while (outcome.isEmpty()) {
                outcome = noTurn(sts, waiting).or(() -> measured(sts, identity, hub));
            }
            return outcome.get();
        } finally {
            sts.answers().end();
        }
    }

    private Optional<SessionOutcome> noTurn(RegionalSts sts, boolean waiting) {
        try {
            return sts.awaitTurn(waiting, longestQueue)
                    ? Optional.empty()
                    : Optional.of(failures.temporary("the limit of STS calls per second is reached", QUEUE_AGAIN));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of(failures.temporary("the controller is stopping", QUEUE_AGAIN));
        }
    }

    /** Returns empty if the request is to be repeated with fewer tags. */
    private Optional<SessionOutcome> measured(
            RegionalSts sts, SessionIdentity identity, Optional<AwsCredentialsProvider> hub) {
        Timer.Sample sample = Timer.start(meters);
        Optional<SessionOutcome> outcome = call(sts, identity, hub);
        if (hub.isEmpty() && !(outcome.orElse(null) instanceof SessionOutcome.Unavailable)) {
            sts.answers().accepted();
        }
        sample.stop(timer(outcome.map(StsCaller::outcomeText).orElse("refused")));
        return outcome;
    }

    private Optional<SessionOutcome> call(
            RegionalSts sts, SessionIdentity identity, Optional<AwsCredentialsProvider> hub) {
        List<String> left = dropped.of(identity);
        try {
            SessionOutcome answered = call.send(sts.client(), identity, left, hub);
            sts.answers().arrived();
            return Optional.of(answered);
        } catch (RuntimeException e) {
            SessionOutcome.Failure failure = failures.outcome(identity, e, sts.address());
            record(sts, e, failure, hub.isPresent());
            return StsFailures.isTooLarge(e) && dropped.dropAnother(identity, left)
                    ? Optional.empty()
                    : Optional.of(failure);
        }
    }

    private static void record(
            RegionalSts sts, RuntimeException e, SessionOutcome.Failure failure, boolean throughHub) {
        if (StsFailures.isAnswer(e)) {
            sts.answers().arrived();
        } else {
            sts.answers().missing(failure.reason());
        }
        if (StsFailures.isThrottling(e)) {
            sts.budget().throttled();
        }
        if (StsFailures.isOfCaller(e) && !throughHub) {
            sts.answers().refused(failure.reason());
        }
    }

    private Timer timer(String outcome) {
        return Timer.builder("mesosiam.sts.calls")
                .description("Calls to STS, by outcome: issued, refused, unavailable")
                .tag("outcome", outcome)
                .serviceLevelObjectives(BOUNDS)
                .register(meters);
    }

    private static String outcomeText(SessionOutcome outcome) {
        return switch (outcome) {
            case SessionOutcome.Issued issued -> "issued";
            case SessionOutcome.Refused refused -> "refused";
            case SessionOutcome.Unavailable unavailable -> "unavailable";
        };
    }
}
