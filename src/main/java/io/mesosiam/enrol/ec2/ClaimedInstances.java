package io.mesosiam.enrol.ec2;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.mesosiam.enrol.ec2.InstanceCalls.Answer;
import io.mesosiam.enrol.ec2.InstanceCalls.Place;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Descriptions of instances that claim to be hosts. An answer is used again for {@link #KEPT}, also an error while EC2 is throttled
 * or away, and claims of one instance wait for the same call: copies of its document, sent from many addresses, cause a call to EC2
 * every {@link #KEPT}, no more. Blocks on the network.
 */
public final class ClaimedInstances {
    static final Duration KEPT = Duration.ofSeconds(10);
    private static final int MOST = 10_000;
    private static final int CALLS_AT_A_TIME = 8;
    private static final Duration TURN_WITHIN = Duration.ofSeconds(2);

    private final InstanceCalls calls;
    private final Semaphore turns = new Semaphore(CALLS_AT_A_TIME);

    /** Asynchronous: a call within a map would hold up the claims of other instances whose keys are next to its own. */
    private final AsyncCache<InstanceIdentity, Answer> answers;

    /**
     * @param ticker the time by which an answer becomes too old
     * @param threads run the calls, which block
     */
    public ClaimedInstances(InstanceCalls calls, Ticker ticker, Executor threads) {
        this.calls = calls;
        this.answers = Caffeine.newBuilder()
                .expireAfterWrite(KEPT)
                .maximumSize(MOST)
                .ticker(ticker)
                .executor(threads)
                .buildAsync();
    }

    /** EC2's answer about the instance of a document. */
    public Answer describe(InstanceIdentity identity) {
        return answers.get(identity, this::call).join();
    }

    private Answer call(InstanceIdentity identity) {
        try {
            if (!turns.tryAcquire(TURN_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
                return new Answer.Unavailable(CALLS_AT_A_TIME + " calls to EC2 are under way", false);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Answer.Unavailable("the controller is stopping", false);
        }
        try {
            return calls.describe(new Place(identity.accountId(), identity.region()), Set.of(identity.instanceId()));
        } finally {
            turns.release();
        }
    }
}
