package io.mesosiam.admin;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.hibernate.reactive.mutiny.Mutiny.StatelessSession;

/**
 * Changes of objects of one kind that a transaction has planned: the rows are locked and checked, and nothing is written
 * yet.
 *
 * @param <S> the object as it is stored
 */
public final class Plans<S> {
    private final boolean refused;
    private final Supplier<List<Written<S>>> unwritten;
    private final Supplier<Uni<List<Written<S>>>> written;
    private final Supplier<Uni<Plans<S>>> checkedAgain;

    private Plans(
            boolean refused,
            Supplier<List<Written<S>>> unwritten,
            Supplier<Uni<List<Written<S>>>> written,
            Supplier<Uni<Plans<S>>> checkedAgain) {
        this.refused = refused;
        this.unwritten = unwritten;
        this.written = written;
        this.checkedAgain = checkedAgain;
    }

    /**
     * What a change means for the stored row, before anything is written.
     *
     * @param <R> the entity
     */
    public sealed interface Plan<R> {
        /** Inserts this row. */
        record Insert<R>(R row) implements Plan<R> {}

        /** Updates this row. */
        record Update<R>(R row) implements Plan<R> {}

        record Delete<R>(R row) implements Plan<R> {}

        /** The row is as requested. */
        record Keep<R>(R row) implements Plan<R> {}

        record Refuse<R>(Refused why) implements Plan<R> {}
    }

    /** Plans the changes one after the other. */
    public static <C, R, S> Uni<Plans<S>> of(
            StatelessSession session, List<C> changes, Function<C, Uni<Plan<R>>> plan, Function<R, S> stored) {
        return of(session, changes, plan, each -> Uni.createFrom().item(each), stored);
    }

    /**
     * Plans the changes one after the other.
     *
     * @param check examines a plan again, after other changes of the transaction are written
     */
    static <C, R, S> Uni<Plans<S>> of(
            StatelessSession session,
            List<C> changes,
            Function<C, Uni<Plan<R>>> plan,
            Function<Plan<R>, Uni<Plan<R>>> check,
            Function<R, S> stored) {
        return inOrder(changes, plan).map(plans -> planned(session, plans, check, stored));
    }

    private static <R, S> Plans<S> planned(
            StatelessSession session,
            List<Plan<R>> plans,
            Function<Plan<R>, Uni<Plan<R>>> check,
            Function<R, S> stored) {
        return new Plans<>(
                plans.stream().anyMatch(Plan.Refuse.class::isInstance),
                () -> plans.stream().map(each -> unwritten(each, stored)).toList(),
                () -> inOrder(plans, each -> write(session, each, stored)),
                () -> inOrder(plans, check).map(checked -> planned(session, checked, check, stored)));
    }

    /** The same changes, examined again after other changes of the transaction are written. */
    public Uni<Plans<S>> checkedAgain() {
        return checkedAgain.get();
    }

    /** Whether a change is refused. */
    public boolean refused() {
        return refused;
    }

    /** The outcomes if nothing is written, because a change of the transaction is refused. */
    public List<Written<S>> unwritten() {
        return unwritten.get();
    }

    /** Writes the changes one after the other. */
    public Uni<List<Written<S>>> written() {
        return written.get();
    }

    private static <R, S> Written<S> unwritten(Plan<R> plan, Function<R, S> stored) {
        return switch (plan) {
            case Plan.Refuse<R>(Refused why) -> new Written.Not<>(why);
            case Plan.Keep<R>(R row) -> new Written.Unchanged<>(stored.apply(row));
            case Plan.Insert<R> _, Plan.Update<R> _, Plan.Delete<R> _ -> new Written.Not<>(new Refused.WithOthers());
        };
    }

    private static <R, S> Uni<Written<S>> write(StatelessSession session, Plan<R> plan, Function<R, S> stored) {
        return switch (plan) {
            case Plan.Insert<R>(R row) ->
                session.insert(row).chain(() -> refreshed(session, row, stored)).map(Written.Created::new);
            case Plan.Update<R>(R row) ->
                session.update(row).chain(() -> refreshed(session, row, stored)).map(Written.Changed::new);
            case Plan.Delete<R>(R row) -> {
                S last = stored.apply(row);
                yield session.delete(row).map(_ -> new Written.Deleted<>(last));
            }
            case Plan.Keep<R> _, Plan.Refuse<R> _ -> Uni.createFrom().item(unwritten(plan, stored));
        };
    }

    /** The row with the values that the database set. */
    private static <R, S> Uni<S> refreshed(StatelessSession session, R row, Function<R, S> stored) {
        return session.refresh(row).map(_ -> stored.apply(row));
    }

    private static <A, B> Uni<List<B>> inOrder(List<A> items, Function<A, Uni<B>> work) {
        return Multi.createFrom()
                .iterable(items)
                .onItem()
                .transformToUniAndConcatenate(item -> work.apply(item))
                .collect()
                .in(ArrayList::new, List::add);
    }
}
