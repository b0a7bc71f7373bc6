package io.mesosiam.admin;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.hibernate.reactive.mutiny.Mutiny.StatelessSession;

/**
 * Reads all rows of a table, {@link #PART} at a time: all of them at once can take more memory than a controller has.
 *
 * @param key the value of a row that rows are ordered by, which no other row has
 * @param following reads up to so many rows after a key, or the first ones
 */
public record AllRows<R, K>(Function<R, K> key, Following<R, K> following) {
    /** The most rows that are in memory at a time. */
    static final int PART = 1000;

    /** Reads rows in the order of their keys. */
    @FunctionalInterface
    public interface Following<R, K> {
        Uni<List<R>> rows(Optional<K> after, int most);
    }

    /**
     * The rows of an entity.
     *
     * @param attribute the name of the entity's id
     */
    public static <R, K> AllRows<R, K> of(
            StatelessSession session, Class<R> entity, String attribute, Function<R, K> key) {
        return new AllRows<>(key, (after, most) -> {
            var query = session.createSelectionQuery(
                    "from " + entity.getSimpleName() + (after.isPresent() ? " where " + attribute + " > :after" : "")
                            + " order by " + attribute,
                    entity);
            after.ifPresent(last -> query.setParameter("after", last));
            return query.setMaxResults(most).getResultList();
        });
    }

    /**
     * Adds up the rows.
     *
     * @param with the result of the parts so far, with the rows of another part
     */
    public <T> Uni<T> sum(T nothing, BiFunction<T, List<R>, T> with) {
        AtomicReference<T> sum = new AtomicReference<>(nothing);
        return Multi.createBy()
                .repeating()
                .uni(
                        () -> new AtomicReference<>(Optional.<K>empty()),
                        last -> following.rows(last.get(), PART).invoke(rows -> rows.reversed().stream()
                                .findFirst()
                                .ifPresent(row -> last.set(Optional.of(key.apply(row))))))
                .whilst(rows -> rows.size() == PART)
                .onItem()
                .invoke(rows -> sum.set(with.apply(sum.get(), rows)))
                .onItem()
                .ignoreAsUni()
                .map(_ -> sum.get());
    }
}
