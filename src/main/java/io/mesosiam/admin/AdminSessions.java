package io.mesosiam.admin;

import io.mesosiam.admin.Refused.Fault;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.hibernate.reactive.mutiny.Mutiny;
import org.hibernate.reactive.mutiny.Mutiny.StatelessSession;

/** Opens the transactions of the administrative side. */
@Singleton
public class AdminSessions {
    /** A statement that waits longer for a lock fails, so that a forgotten psql transaction holds up no request. */
    private static final String LOCK_TIMEOUT = "5s";

    private static final String STATE_AUTHOR = """
            select set_config('mesos_iam.caller', :caller, true), set_config('mesos_iam.reason', :reason, true),
                set_config('mesos_iam.request_id', :request, true), set_config('mesos_iam.sign_in', :signIn, true),
                set_config('mesos_iam.source_address', :address, true), set_config('lock_timeout', :wait, true)""";

    private static final String STATE_WAIT = "select set_config('lock_timeout', :wait, true)";

    private static final String VIOLATIONS = """
            select constraint_name, demand from row_violations(cast(cast(:of as text) as regclass), cast(cast(:row as text) as json))""";

    private final Mutiny.SessionFactory sessions;
    private final WriteTurns turns;
    private final WriteTurns turnsOfMany;

    @Inject
    AdminSessions(
            Mutiny.SessionFactory sessions,
            @ConfigProperty(name = "quarkus.datasource.admin.reactive.max-size") int connections) {
        this.sessions = sessions;
        this.turns = new WriteTurns(connections);
        this.turnsOfMany = WriteTurns.ofMany(connections);
    }

    /** Runs a reading transaction. It waits as long for a lock, such as one on a whole table, as a write does. */
    public <T> Uni<T> reading(Function<StatelessSession, Uni<T>> work) {
        return new LimitedTransaction(LimitedTransaction.LIMIT)
                .run(sessions.withStatelessTransaction(session -> session.createNativeQuery(STATE_WAIT, Object.class)
                        .setParameter("wait", LOCK_TIMEOUT)
                        .getSingleResult()
                        .chain(() -> work.apply(session))))
                .onFailure(AdministrationAway::isLocked)
                .transform(AdministrationAway::new);
    }

    /**
     * Runs a writing transaction, once fewer than its share of the connections are in use by others. The database records the
     * author with each change. It is rolled back if its request waits no longer when it would be committed.
     *
     * @param keep whether the transaction is committed, depending on its result; it is rolled back otherwise
     */
    public <T> Uni<T> writing(Author author, Function<StatelessSession, Uni<T>> work, Function<T, Boolean> keep) {
        LimitedTransaction limited = new LimitedTransaction(LimitedTransaction.LIMIT);
        return limited.run(writing(limited, author, work, keep));
    }

    /** The same for a transaction of many changes. Some turns are left to writes of one, such as a revocation. */
    public <T> Uni<T> writingMany(Author author, Function<StatelessSession, Uni<T>> work, Function<T, Boolean> keep) {
        LimitedTransaction limited = new LimitedTransaction(LimitedTransaction.LIMIT);
        return limited.run(turnsOfMany.run(() -> writing(limited, author, work, keep)));
    }

    private <T> Uni<T> writing(
            LimitedTransaction limited,
            Author author,
            Function<StatelessSession, Uni<T>> work,
            Function<T, Boolean> keep) {
        return turns.run(() -> limited.isAwaited()
                ? transaction(
                        author,
                        session -> work.apply(AwaitedSession.of(session, limited::isAwaited)),
                        result -> keep.apply(result) && limited.mayCommit())
                : Uni.createFrom().nullItem());
    }

    private <T> Uni<T> transaction(Author author, Function<StatelessSession, Uni<T>> work, Predicate<T> commits) {
        return sessions.withStatelessTransaction(
                (session, transaction) -> session.createNativeQuery(STATE_AUTHOR, Object[].class)
                        .setParameter("caller", author.caller())
                        .setParameter("reason", author.reason())
                        .setParameter("request", author.requestId())
                        .setParameter("signIn", author.signIn())
                        .setParameter("address", author.address())
                        .setParameter("wait", LOCK_TIMEOUT)
                        .getSingleResult()
                        .chain(() -> work.apply(session))
                        .invoke(result -> {
                            if (!commits.test(result)) {
                                transaction.markForRollback();
                            }
                        }));
    }

    /**
     * The faults that are known, and those that the database's constraints find in other fields of the row.
     *
     * @param columns the row as a JSON object of columns
     */
    public Uni<List<Fault>> faults(
            StatelessSession session, String table, Constraints constraints, String columns, List<Fault> known) {
        return violations(session, table, columns, constraints).map(found -> together(known, found));
    }

    /**
     * The faults that are known, and those found in other fields. A fault of the whole row is left out then: it can follow
     * from a field that is not in the row because its name or its type is wrong.
     */
    static List<Fault> together(List<Fault> known, List<Fault> found) {
        return Stream.concat(
                        known.stream(),
                        found.stream()
                                .filter(fault ->
                                        known.isEmpty() || !fault.field().isEmpty())
                                .filter(fault -> known.stream()
                                        .noneMatch(other -> other.field().equals(fault.field()))))
                .toList();
    }

    /** Every CHECK constraint that the row would violate, as faults of fields. */
    public Uni<List<Fault>> violations(StatelessSession session, String table, String row, Constraints constraints) {
        return session.createNativeQuery(VIOLATIONS, Object[].class)
                .setParameter("of", table)
                .setParameter("row", row)
                .getResultList()
                .map(rows -> faults(rows, constraints));
    }

    /** The faults of rows with the name and the demand of a constraint. */
    static List<Fault> faults(List<Object[]> rows, Constraints constraints) {
        return rows.stream()
                .map(columns -> constraints.fault(
                        String.valueOf(columns[0]), columns[1] == null ? "" : String.valueOf(columns[1])))
                .toList();
    }
}
