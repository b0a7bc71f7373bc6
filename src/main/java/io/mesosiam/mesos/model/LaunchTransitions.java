package io.mesosiam.mesos.model;

import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.KnownLaunch;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.mesos.Task;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.mesos.TaskKey;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.pcollections.PMap;
import org.pcollections.PVector;

/**
 * The launches while one event changes them: what a task's sightings, updates and ends do to its runs. Of one key's
 * launches only the last can be running, and of the reasons for an end the first stays.
 */
final class LaunchTransitions {
    private PMap<Launch, LaunchedTask> launches;
    private Runs runs;
    private PVector<Launch> ended;
    private final Set<Launch> touched = new HashSet<>();

    /** @param ended the launches that have ended, the oldest first */
    LaunchTransitions(PMap<Launch, LaunchedTask> launches, Runs runs, PVector<Launch> ended) {
        this.launches = launches;
        this.runs = runs;
        this.ended = ended;
    }

    PMap<Launch, LaunchedTask> launches() {
        return launches;
    }

    Runs runs() {
        return runs;
    }

    PVector<Launch> ended() {
        return ended;
    }

    /** The launches that something changed about which may matter to a decision. */
    Set<Launch> touched() {
        return touched;
    }

    void touch(Launch launch) {
        touched.add(launch);
    }

    /** Takes over what a lease row says. */
    void know(KnownLaunch known) {
        runs.of(known.launch().key())
                .ifPresent(earlier -> end(
                        earlier.launch(), new TaskEnd.Relaunched(known.launch().sequence())));
        put(new Run(known.launch(), Optional.of(known), 0, 0));
    }

    /** The master shows this task; {@code launched} if it was just seen launching it. */
    void sighted(SeenTask seen, boolean launched) {
        Task task = seen.task();
        Optional<Run> known = runs.of(task.key());
        Optional<TaskEnd> end = seen.end();
        if (end.isPresent()) {
            known.filter(run -> isOf(run, task.container())).ifPresent(run -> {
                update(run, task);
                end(run.launch(), end.get());
            });
        } else if (known.isEmpty()) {
            start(new Launch(task.key(), 1), task, launched);
        } else if (isNewRun(known.get(), task, launched)) {
            Launch before = known.get().launch();
            Launch next = new Launch(task.key(), before.sequence() + 1);
            end(before, new TaskEnd.Relaunched(next.sequence()));
            start(next, task, launched);
        } else {
            update(known.get(), task);
            if (launched) {
                witness(known.get().launch(), true);
            }
        }
    }

    /** Whether a sighting of a live task tells of another run than the last one known. */
    boolean isNewRun(Run run, Task task, boolean launched) {
        return known(run.launch())
                .map(known -> known.isFollowedBy(task, launched))
                .orElse(true);
    }

    /** A status update tells of the latest run; what it doesn't say stays. */
    void updated(ClusterEvent.TaskUpdated updated) {
        runs.of(updated.key()).filter(run -> isOf(run, updated.container())).ifPresent(run -> known(run.launch())
                .ifPresent(known -> {
                    Task now = known.task().in(updated.state()).or(updated.executorId(), updated.container());
                    if (launches.containsKey(run.launch())) {
                        update(run, now);
                    }
                    new SeenTask(now, SeenTask.Listing.LIVE, Optional.of(updated.source()))
                            .end()
                            .ifPresent(end -> end(run.launch(), end));
                }));
    }

    /** An event spoke of that task. */
    void heard(TaskKey key, long version) {
        runs.of(key).ifPresent(run -> put(run.heardAt(version)));
    }

    /** How many listings that count it was missing in, one after the other. */
    void absent(Run run, int times) {
        put(run.absent(times));
    }

    /** Absence is counted anew. */
    void forgetAbsences() {
        runs.all().filter(run -> run.absences() > 0).forEach(run -> absent(run, 0));
    }

    void witness(Launch launch, boolean witnessed) {
        LaunchedTask current = launches.get(launch);
        if (current != null && current.end().isEmpty()) {
            put(new LaunchedTask(launch, current.task(), witnessed, Optional.empty()));
        }
    }

    /** Records that a launch ended, unless it had. */
    void end(Launch launch, TaskEnd reason) {
        known(launch).filter(known -> known.end().isEmpty()).ifPresent(known -> {
            put(new LaunchedTask(launch, known.task(), known.witnessed(), Optional.of(reason)));
            runs.of(launch).ifPresent(run -> put(run.seen()));
            ended = ended.plus(launch);
        });
    }

    /** Nothing holds on to these any more; those that have not ended stay. */
    void forget(Set<Launch> launched) {
        for (Launch launch : launched) {
            LaunchedTask known = launches.get(launch);
            if (known != null && known.end().isPresent()) {
                launches = launches.minus(launch);
            }
        }
    }

    /** The runs of forgotten launches stay as long, for the sequence of a task id that is used again. */
    void dropOldestEnded(int kept) {
        while (ended.size() > kept) {
            Launch oldest = ended.getFirst();
            ended = ended.minus(0);
            launches = launches.minus(oldest);
            runs.of(oldest).ifPresent(run -> runs = runs.minus(run));
        }
    }

    boolean isRunning(Launch launch) {
        return known(launch).filter(known -> known.end().isEmpty()).isPresent();
    }

    Optional<ContainerId> container(Launch launch) {
        return known(launch).flatMap(known -> known.task().container());
    }

    /** The last that is known of a launch, from the master or from a lease row; nothing once it is forgotten. */
    private Optional<LaunchedTask> known(Launch launch) {
        return Optional.ofNullable(launches.get(launch))
                .or(() -> runs.of(launch).flatMap(Run::unseen).map(KnownLaunch::unseen));
    }

    /** Whether what is said of a task in that container is said of this run of its key, and not of an earlier one. */
    private boolean isOf(Run run, Optional<ContainerId> container) {
        Launch launch = run.launch();
        boolean elsewhere = known(launch)
                .filter(known -> known.task().isElsewhere(container))
                .isPresent();
        return !elsewhere && (container(launch).isPresent() || !isOfRunBefore(launch, container));
    }

    private boolean isOfRunBefore(Launch launch, Optional<ContainerId> container) {
        if (container.isEmpty() || launch.sequence() == 1) {
            return false;
        }
        LaunchedTask before = launches.get(new Launch(launch.key(), launch.sequence() - 1));
        return before != null && before.task().container().equals(container);
    }

    private void start(Launch launch, Task task, boolean witnessed) {
        put(Run.of(launch));
        put(new LaunchedTask(launch, task, witnessed, Optional.empty()));
    }

    /** Takes over what is newly said of a running launch; what isn't said any more stays. */
    private void update(Run run, Task task) {
        Optional<LaunchedTask> known = known(run.launch());
        if (known.flatMap(LaunchedTask::end).isPresent()) {
            return;
        }
        Task now = known.map(LaunchedTask::task)
                .map(before -> task.or(before.executorId(), before.container()))
                .orElse(task);
        if (run.unseen().isPresent()) {
            put(run.seen());
        }
        put(new LaunchedTask(
                run.launch(), now, known.map(LaunchedTask::witnessed).orElse(false), Optional.empty()));
    }

    private void put(Run run) {
        runs = runs.plus(run);
    }

    private void put(LaunchedTask launched) {
        if (!launched.equals(launches.get(launched.launch()))) {
            launches = launches.plus(launched.launch(), launched);
            touched.add(launched.launch());
        }
    }
}
