package io.mesosiam.mesos.model;

import static io.mesosiam.mesos.model.Histories.LEADER;
import static io.mesosiam.mesos.model.Histories.S0;
import static io.mesosiam.mesos.model.Histories.WEB;
import static io.mesosiam.mesos.model.Histories.agent;
import static io.mesosiam.mesos.model.Histories.live;
import static io.mesosiam.mesos.model.Histories.subscribed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.mesos.Framework;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.TaskId;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.mesos.model.Histories.Story;
import io.mesosiam.mesos.model.SeenTask.Listing;
import io.mesosiam.mesos.model.Snapshot.SeenFramework;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Events whose cost must not grow with the number of all tasks. */
class LargeClusterTest {
    private static final int TASKS = 50_000;

    private final Story story = Story.of(subscribed(IntStream.range(0, TASKS)
            .mapToObj(i -> live("t" + i, TaskState.RUNNING, "c" + i))
            .toArray(SeenTask[]::new)));

    /** 5,000 changes took some 20 s when each looked at all tasks. */
    @Test
    void nameOfAFrameworkWithoutTasksChangesWithoutALookAtTheTasksOfOthers() {
        assertTimeoutPreemptively(TimeLimit.seconds(1), () -> {
            for (int i = 0; i < 5_000; i++) {
                story.then(named("other", "name-" + i));
            }
        });

        assertThat(story.touched()).hasSize(TASKS);
        story.then(named(WEB.value(), "another-name"));
        assertThat(story.touched()).hasSize(2 * TASKS);
    }

    /** 50,000 absences took minutes when each was compared with all rejected tasks. */
    @Test
    void absentTasksAreComparedWithRejectedTasksByTheirIds() {
        List<Rejected> rejected = IntStream.range(0, TASKS)
                .<Rejected>mapToObj(i -> new Rejected.OneTask(
                        Optional.of(WEB),
                        Optional.of(new TaskId("r" + i)),
                        Optional.of(S0),
                        TaskState.RUNNING,
                        Listing.LIVE,
                        "its name is a number"))
                .toList();
        Snapshot snapshot = new Snapshot(
                Optional.of(LEADER),
                List.of(),
                List.of(Histories.framework("svc-web", false)),
                Set.of(),
                List.of(agent(S0)),
                rejected);

        assertTimeoutPreemptively(TimeLimit.seconds(5), () -> {
            for (int poll = 0; poll < 2; poll++) {
                story.polled(snapshot, new MasterTaskCounts.Around(snapshot.counts(), snapshot.counts()));
            }
        });

        assertThat(story.state().launches().values())
                .allMatch(launched -> launched.end().isPresent());
    }

    private static ClusterEvent named(String id, String name) {
        return new ClusterEvent.FrameworkSeen(new SeenFramework(
                new Framework(new FrameworkId(id), name, Optional.of("svc-web"), "root", false), false));
    }
}
