package io.mesosiam.enrol.termination;

import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.postgres.OneStatement;
import io.mesosiam.postgres.SessionPool;
import io.mesosiam.postgres.TableFollower;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The Mesos agents whose last stream had the certificate of an instance that is terminated: follows table {@code ec2_instance}. A
 * Mesos agent that goes on elsewhere, with the certificate of another instance, is not among them.
 */
@Singleton
public final class EndedInstances implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final TableFollower.Settings FOLLOWED =
            new TableFollower.Settings("ec2_instance", "ec2_instance", Duration.ofSeconds(10), TIMEOUT);

    private static final String ENDED = """
            select mesos_agent_id, instance_id from agent join ec2_instance on ec2_instance.id = agent.instance
            where terminated_at > now() - interval '30 days'""";

    private final Pool pool;
    private final SessionPool sessions;
    private final RandomGenerator jitter;
    private volatile @Nullable TableFollower follower;

    @Inject
    public EndedInstances(Pool pool, SessionPool sessions, RandomGenerator jitter) {
        this.pool = pool;
        this.sessions = sessions;
        this.jitter = jitter;
    }

    /**
     * Starts following.
     *
     * @param ended receives all of the last 30 days at each change and every 10 s, since a restarted master or controller may show their
     *     tasks again
     */
    public void start(Consumer<Map<MesosAgentId, TaskEnd>> ended) {
        TableFollower starting = new TableFollower(sessions, FOLLOWED, jitter, () -> ended.accept(read()));
        follower = starting;
        starting.start();
    }

    private Map<MesosAgentId, TaskEnd> read() {
        Map<MesosAgentId, TaskEnd> ended = new HashMap<>();
        for (Row row : OneStatement.run(pool, ENDED).await().atMost(TIMEOUT)) {
            ended.put(
                    new MesosAgentId(row.getString("mesos_agent_id")),
                    new TaskEnd.InstanceTerminated(row.getString("instance_id")));
        }
        return ended;
    }

    /** Why the table was not read at the last attempt, so that newer rows have no effect; empty if it was. */
    public Optional<String> unread() {
        TableFollower running = follower;
        return running == null ? Optional.empty() : running.trouble();
    }

    @Override
    public void close() {
        TableFollower running = follower;
        if (running != null) {
            running.close();
        }
    }
}
