package io.mesosiam.lease.grant;

import io.mesosiam.lease.GrantRows;
import io.mesosiam.mesos.TaskContainer;
import io.mesosiam.policy.Grants;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.grant.GrantSet;
import io.mesosiam.policy.grant.LaunchGrant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * The launch grants as one controller follows them, {@link FollowedGrants}, and the writes that {@code GrantWrites} makes of
 * them, without PostgreSQL.
 */
public final class ModelGrants implements GrantRows {
    private final FollowedGrants followed;
    private final GrantTable.Listener listener;
    private final Map<Key, Write> waiting = new LinkedHashMap<>();

    /** What is written. */
    public enum Change {
        BIND,
        SUSPEND,
        END
    }

    /**
     * A write that waits for the database.
     *
     * @param launch the launch that gets, has or had the grant
     * @param over whether the launch has ended since: the grant ends once it is bound
     */
    public record Write(UUID grant, Change change, TaskContainer launch, boolean over) {}

    private record Key(UUID grant, Change change) {}

    public ModelGrants(InstantSource clock, GrantTable.Listener listener) {
        this.followed = new FollowedGrants(clock);
        this.listener = listener;
    }

    public Grants inForce(GrantSet grants) {
        return followed.inForce(grants);
    }

    /** Takes in all grants that have not ended, and others that have changed. */
    public void takeAll(Collection<LaunchGrant> rows) {
        followed.takeAll(rows, listener);
    }

    /** Takes in grants that may have changed. */
    public void takeChanged(Collection<LaunchGrant> rows) {
        followed.takeChanged(rows, listener);
    }

    /** The writes that wait, in the order in which they were added. */
    public List<Write> waiting() {
        return List.copyOf(waiting.values());
    }

    /** The database has answered a write. */
    public void written(Write write) {
        Key key = new Key(write.grant(), write.change());
        Write now = waiting.get(key);
        if (now != null && now.launch().equals(write.launch())) {
            waiting.remove(key);
            if (now.over()) {
                add(new Write(write.grant(), Change.END, write.launch(), false));
            }
        }
    }

    private void add(Write write) {
        waiting.putIfAbsent(new Key(write.grant(), write.change()), write);
    }

    @Override
    public void bind(PolicyId grant, TaskContainer launch) {
        add(new Write(grant.value(), Change.BIND, launch, false));
    }

    @Override
    public void suspend(PolicyId grant, TaskContainer second, Predicate<TaskContainer> hasEnded) {
        followed.current()
                .find(grant.value())
                .flatMap(found -> found.state().holder())
                .ifPresent(first -> add(
                        new Write(grant.value(), hasEnded.test(first) ? Change.END : Change.SUSPEND, first, false)));
    }

    @Override
    public void ended(TaskContainer launch) {
        waiting.replaceAll(
                (_, write) -> write.change() == Change.BIND && write.launch().equals(launch)
                        ? new Write(write.grant(), Change.BIND, launch, true)
                        : write);
        followed.ended(launch).forEach(grant -> add(new Write(grant, Change.END, launch, false)));
    }
}
