package io.mesosiam.admin;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A transaction whose request waits for a limited time, the wait for a connection included. What has not begun to commit by
 * then is never committed; of what has, the outcome is not known. The transaction isn't cancelled: it goes on until the
 * database answers, and then gives its connection back.
 */
public final class LimitedTransaction {
    /** Longer than the largest change takes on a loaded machine. */
    static final Duration LIMIT = Duration.ofSeconds(20);

    private final Duration limit;
    private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.CHANGING);

    private enum Stage {
        CHANGING,
        COMMITTING,
        GIVEN_UP
    }

    LimitedTransaction(Duration limit) {
        this.limit = limit;
    }

    /** Limits the wait for a transaction that is committed also if its request waits no longer. */
    public static <T> Uni<T> committing(Uni<T> transaction) {
        LimitedTransaction limited = new LimitedTransaction(LIMIT);
        limited.stage.set(Stage.COMMITTING);
        return limited.run(transaction);
    }

    /** Whether the request still waits, so that the transaction may begin. */
    boolean isAwaited() {
        return !stage.get().equals(Stage.GIVEN_UP);
    }

    /** Whether the transaction may commit now: its request still waits. Call it directly before. */
    boolean mayCommit() {
        return stage.compareAndSet(Stage.CHANGING, Stage.COMMITTING);
    }

    /** Returns the result of the transaction; fails with {@link AdministrationAway} if the database doesn't answer. */
    <T> Uni<T> run(Uni<T> transaction) {
        return Uni.createFrom()
                .<T>emitter(emitter -> {
                    var unused = transaction.subscribe().with(emitter::complete, emitter::fail);
                })
                .onFailure(AdministrationAway::is)
                .transform(failure -> new AdministrationAway("the database is not available", outcome(), failure))
                .ifNoItem()
                .after(limit)
                .failWith(() -> new AdministrationAway(
                        "the database has not answered within " + limit.toSeconds() + " s", outcome()));
    }

    private AdministrationAway.Outcome outcome() {
        boolean committing =
                stage.compareAndExchange(Stage.CHANGING, Stage.GIVEN_UP).equals(Stage.COMMITTING);
        return committing ? AdministrationAway.Outcome.UNKNOWN : AdministrationAway.Outcome.UNCHANGED;
    }
}
