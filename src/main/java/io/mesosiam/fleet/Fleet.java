package io.mesosiam.fleet;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import io.mesosiam.loop.Loop;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.ownership.AgentTable;
import io.mesosiam.ownership.ControllerId;
import io.mesosiam.ownership.EvictedAgents;
import io.mesosiam.ownership.LiveControllers;
import io.mesosiam.postgres.OneStatement;
import io.mesosiam.postgres.PlainReason;
import io.mesosiam.postgres.UnansweredTransactions;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Writes this controller's row of table {@code controller} every 2 s, and reads those of the others. A controller runs if it
 * holds the lock of its id, or has written its row in the last 15 s: if it is cut off from the database it loses the lock, and
 * goes on serving its hosts. After that it is unknown for as long as hosts are connected to it, as table {@code agent} has
 * them. A controller that stops deletes its row. One of an earlier version has no row: it is known by the hosts that it has
 * claimed.
 */
@Singleton
@RegisterForReflection(
        targets = {
            StatedController.class,
            ControllerState.class,
            ControllerState.Drain.class,
            StatedEffect.class,
            StatedEffect.Confirmed.class,
            StatedEffect.Host.class
        })
public final class Fleet implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Fleet.class);

    private static final Duration EVERY = Duration.ofSeconds(2);

    /** Readiness checks query the database. */
    private static final Duration CHECK_EVERY = Duration.ofSeconds(10);

    /** A statement that waits for a lock of another transaction must not keep its connection. */
    private static final Duration STATEMENT_LIMIT = Duration.ofSeconds(2);

    private static final Duration ANSWER_BY = Duration.ofSeconds(4);

    /** How old the state of another controller can be. */
    private static final Duration STALE = Duration.ofSeconds(15);

    /**
     * A host whose Mesos agent has got another id is known by the newest one alone. No session lives longer than 12 hours.
     * Parameters: the controller's id, its state, and the {@link EvictedAgents}.
     */
    private static final String EXCHANGE = """
            with written as (
                insert into controller (controller_id, state) values ($1::text, $2::text::jsonb)
                on conflict (controller_id) do update set state = excluded.state, stated_at = now()
            ), deleted as (
                delete from controller where controller_id <> $1::text
                    and stated_at not between now() - interval '1 day' and now() + interval '1 day'
            ), known as (
                select mesos_agent_id, controller_id,
            """ + AgentTable.IS_CONNECTED + """
                    as connected
                from agent
                where (disconnected_at > now() - interval '13 hours' or
            """ + AgentTable.IS_CONNECTED + """
                    ) and not exists (
                        select from host where host.hostname = lower(agent.hostname) and host.evicted_at is not null)
                    and mesos_agent_id::text <> all ($3::text[])
                    and not exists (
                        select from agent as later where lower(later.hostname) = lower(agent.hostname)
                            and later.connected_at > agent.connected_at)
            ), served as (
                select controller_id, count(*) as hosts from known where connected group by controller_id
            ), unconnected as (
                select mesos_agent_id from known cross join lateral (
                    select id from lease where lease.mesos_agent_id = known.mesos_agent_id
                        and lease.state <> 'reaped' and lease.expiration > now() limit 1) as serves
                where not connected
            ),
            """
            + LiveControllers.HELD + """
            select controller_id, state::text as state, not runs as ended, coalesce(hosts, 0) as hosts,
                case when isfinite(stated_at) then extract(epoch from now() - stated_at)::bigint end as age,
                (select count(*) from unconnected) as unconnected,
                array(select mesos_agent_id::text from unconnected order by mesos_agent_id limit 100) as unconnected_hosts
            from (
                    select $1::text as controller_id
                    union select controller_id from controller
                    union select controller_id from served
                ) as named
                left join controller using (controller_id)
                left join served using (controller_id)
                cross join lateral (
                    select coalesce(
                        stated_at between now() - interval '15 seconds' and now() + interval '15 seconds', false) or
            """ + LiveControllers.RUNS + """
                ) as alive (runs)
            where controller_id = $1::text or (runs and state is not null)
                or ((runs or state is not null) and hosts > 0)
            order by controller_id <> $1::text, controller_id collate "C" limit 101""";

    private static final String DELETE = "delete from controller where controller_id = $1::text";

    private static final String UNREADABLE = "what it states can't be read";

    private final Pool pool;
    private final String id;
    private final OwnState own;
    private final EvictedAgents evictions;
    private final ObjectReader reader;
    private final ObjectWriter writer;
    private final Loop loop = new Loop("controllers");
    private final ScheduledExecutorService turns = Executors.newScheduledThreadPool(
            2, Thread.ofVirtual().name("controllers").factory());

    private final UnansweredTransactions unanswered = new UnansweredTransactions(1);

    private volatile Reading reading =
            new Reading(System.nanoTime(), false, List.of(), 0, new Unconnected(0, List.of()));

    /**
     * What the database answered last, and whether it answered the last time.
     *
     * @param recorded number of hosts that are recorded as connected to this controller
     */
    private record Reading(
            long atNanos, boolean complete, List<Member> others, long recorded, Unconnected unconnected) {
        Reading unanswered() {
            return new Reading(atNanos, false, others, recorded, unconnected);
        }
    }

    /**
     * A controller that runs, or to which hosts are connected as table {@code agent} has it.
     *
     * @param age since it stated this; zero for this controller
     * @param stated empty if it is not known
     * @param unknown why it is not; empty if it is
     * @param recorded number of hosts that are recorded as connected to it
     */
    public record Member(
            String controllerId, Duration age, Optional<StatedController> stated, String unknown, long recorded) {
        private Member later(Duration time, boolean complete) {
            Duration now = age.plus(time);
            if (!complete) {
                return unknown(now, "the database can't be read");
            }
            return stated.isPresent() && now.compareTo(STALE) > 0
                    ? unknown(now, "it has not stated how it is for " + now.toSeconds() + " s")
                    : new Member(controllerId, now, stated, unknown, recorded);
        }

        private Member unknown(Duration time, String why) {
            return new Member(controllerId, time, Optional.empty(), why, recorded);
        }

        /** Number of hosts that it doesn't state: they have connected since, or those of its former process. */
        public long unstated() {
            return Math.max(
                    0, recorded - stated.map(its -> its.effect().hosts()).orElse(recorded));
        }
    }

    /**
     * Hosts that are recorded as connected to no controller, and that have sessions of live leases: their agents go on serving
     * these.
     *
     * @param mesosAgentIds of {@link StatedEffect#LISTED} of them at most
     */
    public record Unconnected(long hosts, List<String> mesosAgentIds) {
        public Unconnected {
            mesosAgentIds = List.copyOf(mesosAgentIds);
        }
    }

    /**
     * The controllers that run, and those that may still serve hosts, in the order of their ids.
     *
     * @param complete whether the database has said which others run
     */
    public record Members(List<Member> all, boolean complete, Unconnected unconnected) {}

    @Inject
    Fleet(
            Pool pool,
            @ConfigProperty(name = "mesos-iam.channel.controller-id") Optional<String> controllerId,
            OwnState own,
            EvictedAgents evictions,
            ObjectMapper json) {
        this.pool = pool;
        this.id = ControllerId.of(controllerId).value();
        this.own = own;
        this.evictions = evictions;
        // a later version states more, and what an earlier one doesn't state is no zero
        this.reader = json.readerFor(StatedController.class)
                .without(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .with(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES);
        this.writer = json.writerFor(StatedController.class);
    }

    /** The readiness checks have a thread of their own, so that a slow one doesn't delay the row. */
    public void start() {
        var _ = turns.scheduleWithFixedDelay(this::check, 0, CHECK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
        var _ = turns.scheduleWithFixedDelay(loop.guard(this::exchange), 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void check() {
        try {
            own.check();
        } catch (RuntimeException | Error e) {
            loop.failedPart(e);
        }
    }

    /** This controller as it is now, the others as they stated last. Does not block. */
    public Members members() {
        Reading last = reading;
        Duration since = Duration.ofNanos(System.nanoTime() - last.atNanos());
        boolean complete = last.complete() && since.compareTo(STALE) <= 0;
        return new Members(
                Stream.concat(
                                Stream.of(new Member(id, Duration.ZERO, Optional.of(own.now()), "", last.recorded())),
                                last.others().stream().map(other -> other.later(since, complete)))
                        .sorted(Comparator.comparing(Member::controllerId))
                        .toList(),
                complete,
                last.unconnected());
    }

    public Loop loop() {
        return loop;
    }

    /** Writes the row and reads the others. Blocks on the database. */
    void exchange() {
        String[] evicted = evictions.ids().stream().map(MesosAgentId::value).toArray(String[]::new);
        Tuple values = Tuple.of(id, written(own.now()), evicted);
        Reading last = reading;
        try {
            Iterator<Row> rows = answer(values).iterator();
            Row first = rows.next();
            List<Member> others = new ArrayList<>();
            rows.forEachRemaining(row -> others.add(member(row)));
            Unconnected unconnected = new Unconnected(
                    first.getLong("unconnected"), List.of(first.getArrayOfStrings("unconnected_hosts")));
            reading = new Reading(System.nanoTime(), true, List.copyOf(others), first.getLong("hosts"), unconnected);
        } catch (RuntimeException e) {
            if (last.complete()) {
                LOG.warnf("states of controllers not exchanged reason=\"%s\"", PlainReason.of(e));
            }
            reading = last.unanswered();
        }
    }

    /**
     * Does not send while an earlier exchange has no answer: the end of a transaction has no time limit, so each could keep
     * another connection of the pool until none was left for claims and the journal.
     */
    private RowSet<Row> answer(Tuple values) {
        Object transaction = unanswered
                .begin()
                .orElseThrow(() -> new IllegalStateException("the database has not answered the last statement"));
        CompletableFuture<RowSet<Row>> answer = Uni.createFrom()
                .deferred(() -> OneStatement.run(pool, EXCHANGE, values, STATEMENT_LIMIT))
                .onTermination()
                .invoke(() -> unanswered.answered(transaction))
                .subscribeAsCompletionStage();
        try {
            return answer.get(ANSWER_BY.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException("no answer within " + ANSWER_BY, e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private String written(StatedController stated) {
        try {
            return writer.writeValueAsString(stated);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private Member member(Row row) {
        Long seconds = row.getLong("age");
        Duration age = Duration.ofSeconds(seconds == null ? 0 : Math.max(0, seconds));
        Member member = new Member(row.getString("controller_id"), age, Optional.empty(), "", row.getLong("hosts"));
        String state = row.getString("state");
        if (state == null) {
            return member.unknown(age, "it states nothing: it is of an earlier version");
        }
        if (seconds == null) {
            return member.unknown(age, UNREADABLE);
        }
        if (row.getBoolean("ended")) {
            return member.unknown(age, "it has ended, or doesn't reach the database");
        }
        try {
            return new Member(member.controllerId(), age, Optional.of(reader.readValue(state)), "", member.recorded());
        } catch (JsonProcessingException | RuntimeException e) {
            LOG.debug("state of a controller not read", e);
            return member.unknown(age, UNREADABLE);
        }
    }

    /** Deletes the row after the last turn, so that the others leave this controller out at once. Blocks on the database. */
    @Override
    public void close() {
        turns.shutdown();
        try {
            if (!turns.awaitTermination(ANSWER_BY.toMillis(), TimeUnit.MILLISECONDS)) {
                turns.shutdownNow();
            }
        } catch (InterruptedException e) {
            turns.shutdownNow();
            Thread.currentThread().interrupt();
            return;
        }
        if (reading.complete()) {
            deleteRow();
        }
    }

    private void deleteRow() {
        try {
            OneStatement.run(pool, DELETE, Tuple.of(id), STATEMENT_LIMIT)
                    .await()
                    .atMost(ANSWER_BY);
        } catch (RuntimeException e) {
            LOG.warnf("state of this controller not deleted reason=\"%s\"", PlainReason.of(e));
        }
    }
}
