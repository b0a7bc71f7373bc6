package io.mesosiam.mesos.model;

import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.KnownLaunch;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.mesos.RunningContainers;
import io.mesosiam.mesos.Task;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.mesos.TaskKey;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.pcollections.PMap;
import org.pcollections.PVector;

/**
 * The changes of launches by one event: applies reports, updates and ends of tasks to their runs. Of the launches with
 * one key, only the latest can be running; the first reason for an end is kept.
 */
final class LaunchTransitions {
    private PMap<Launch, LaunchedTask> launches;
    private Runs runs;
    private PVector<Launch> ended;
    private final RunningContainers running;
    /** Of {@link #ended}, the number that earlier events have ended. */
    private final int endedBefore;

    private long streamBegan;
    private final Set<Launch> touched = new HashSet<>();

    /**
     * @param ended the launches that have ended, oldest first
     * @param streamBegan the model's version when the stream began
     */
    LaunchTransitions(
            PMap<Launch, LaunchedTask> launches,
            Runs runs,
            PVector<Launch> ended,
            RunningContainers running,
            long streamBegan) {
        this.running = running;
        this.streamBegan = streamBegan;
        this.launches = launches;
        this.runs = runs;
        this.ended = ended;
        this.endedBefore = ended.size();
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

    /** The launches whose change may affect a decision. */
    Set<Launch> touched() {
        return touched;
    }

    void touch(Launch launch) {
        touched.add(launch);
    }

    /** Adds a launch from a lease row. */
    void addKnown(KnownLaunch known) {
        runs.of(known.launch().key())
                .ifPresent(earlier -> end(
                        earlier.launch(), new TaskEnd.Relaunched(known.launch().sequence())));
        put(Run.ofRow(known));
    }

    /**
     * Applies a report of a task.
     *
     * @param launched whether the leader was just observed launching it
     */
    void taskSeen(SeenTask seen, boolean launched) {
        Task task = seen.task();
        Optional<Run> known = runs.of(task.key());
        Optional<TaskEnd> end = seen.end();
        if (end.isPresent()) {
            known.filter(run -> isOf(run, task.container())).ifPresent(run -> {
                update(run, whole(run.launch(), seen));
                end(run.launch(), end.get());
            });
        } else if (known.isEmpty()) {
            start(Run.of(new Launch(task.key(), 1)), task, launched);
        } else if (isNewRun(known.get(), task, launched)) {
            Launch before = known.get().launch();
            Launch next = new Launch(task.key(), before.sequence() + 1);
            boolean followed = !launched && isFollowed(known.get());
            end(before, new TaskEnd.Relaunched(next.sequence()));
            start(
                    Run.of(next).launchedAt(followed ? known.get().launchedAt() : 0),
                    task,
                    launched || (followed && running.isOwn(task)));
        } else if (isRunning(known.get().launch()) && !isElsewhere(known.get().launch(), task.container())) {
            update(known.get(), whole(known.get().launch(), seen));
            if (launched) {
                witness(known.get().launch(), true);
            }
        }
    }

    /**
     * Whether a report of a live task belongs to a later run than the latest known one. A listing can be ahead of the stream,
     * also of its first message: the first launch in the stream of a run that only listings have shown is that run's, and
     * the run may have ended by then. A status names the container that an executor has chosen, so another one proves nothing
     * while the known one may run.
     */
    boolean isNewRun(Run run, Task task, boolean launched) {
        Optional<LaunchedTask> known = known(run.launch());
        if (launched && run.lastEvent() == 0 && run.unseen().isEmpty()) {
            return isElsewhere(run.launch(), task.container());
        }
        if (isOver(run, task)) {
            return false;
        }
        return known.map(earlier -> earlier.isFollowedBy(task, launched) && (launched || !mayRun(earlier)))
                .orElse(true);
    }

    /**
     * Whether the run has not ended, and all that is known of it comes from the leader that launched it, by a stream that has
     * reported each launch since: a listing with another container shows the same run, and a status has named a container that
     * was not its own. It is witnessed in a container that is reported as launched for its executor: others can be stated, too.
     */
    private boolean isFollowed(Run run) {
        return run.launchedAt() > streamBegan && isRunning(run.launch());
    }

    private boolean mayRun(LaunchedTask launched) {
        return launched.end().isEmpty() && running.mayRun(launched.task());
    }

    private boolean isElsewhere(Launch launch, Optional<ContainerId> container) {
        return known(launch)
                .filter(known -> known.task().isElsewhere(container))
                .isPresent();
    }

    /** Whether the report is of a container that has ended: the master learns of that after the host's agent. */
    private boolean isOver(Run run, Task task) {
        return run.over().isPresent() && run.over().equals(task.container()) && !running.reportedAlive(task);
    }

    /** Applies a status update to the latest run. Values that it doesn't contain are kept. */
    void updated(ClusterEvent.TaskUpdated updated) {
        runs.of(updated.key()).filter(run -> isOf(run, updated.container())).ifPresent(run -> known(run.launch())
                .ifPresent(known -> {
                    Task now = known.task().in(updated.state()).or(ownExecutor(updated), updated.container());
                    if (launches.containsKey(run.launch())) {
                        update(run, now);
                    }
                    new SeenTask(now, SeenTask.Listing.LIVE, Optional.of(updated.source()))
                            .end()
                            .ifPresent(end -> end(run.launch(), end));
                }));
    }

    /**
     * Where the master names no executor, Mesos creates one for the command, with the task's own id. A status can name another
     * one, and is not believed.
     */
    private static Optional<String> ownExecutor(ClusterEvent.TaskUpdated updated) {
        return updated.container().map(_ -> updated.key().task().value());
    }

    /** The reported task. A completed one is listed without what policies compare, and keeps what is known of it. */
    private Task whole(Launch launch, SeenTask seen) {
        Task task = seen.task();
        return seen.listing() == SeenTask.Listing.COMPLETED
                ? known(launch)
                        .map(known -> known.task().in(task.state()).or(task.executorId(), task.container()))
                        .orElse(task)
                : task;
    }

    /** Records that an event mentioned the task. */
    void eventSeen(TaskKey key, long version) {
        runs.of(key).ifPresent(run -> put(run.withEvent(version)));
    }

    /** Records that the leader launched the task's latest run. */
    void launchSeen(TaskKey key, long version) {
        runs.of(key).ifPresent(run -> put(run.launchedAt(version)));
    }

    /** Records that the Mesos agent of these runs may report them, with other data than the leader launched them with. */
    void mayBeReported(Collection<Run> reported) {
        reported.stream().filter(run -> run.launchedAt() > 0).forEach(run -> put(run.launchedAt(0)));
    }

    /** Records that the stream begins: it doesn't report the launches of runs that have ended before. */
    void streamBegins(long version) {
        streamBegan = version;
        runs.all()
                .filter(run -> run.lastEvent() == 0 && !isRunning(run.launch()))
                .forEach(run -> put(run.withEvent(version)));
    }

    /** Records that no stream is read: what this event shows may have changed in any way since it was. */
    void streamIsAway() {
        streamBegan = Long.MAX_VALUE;
    }

    /** Sets the number of consecutive counted listings in which the run was missing. */
    void absent(Run run, int times) {
        put(run.absent(times));
    }

    /** Resets all counts of absences. */
    void forgetAbsences() {
        runs.all().filter(run -> run.absences() > 0).forEach(run -> absent(run, 0));
    }

    void witness(Launch launch, boolean witnessed) {
        LaunchedTask current = launches.get(launch);
        if (current != null && current.end().isEmpty()) {
            put(new LaunchedTask(launch, current.task(), witnessed, Optional.empty()));
        }
    }

    /** Records that a launch has ended, unless it had ended already. */
    void end(Launch launch, TaskEnd reason) {
        known(launch).filter(known -> known.end().isEmpty()).ifPresent(known -> {
            put(new LaunchedTask(launch, known.task().ended(), known.witnessed(), Optional.of(reason)));
            runs.of(launch).ifPresent(run -> put(run.seen().ended(reason)));
            ended = ended.plus(launch);
        });
    }

    /** Removes launches that are no longer needed. Launches that have not ended are kept. */
    void forget(Set<Launch> launched) {
        for (Launch launch : launched) {
            LaunchedTask known = launches.get(launch);
            if (known != null && known.end().isPresent()) {
                launches = launches.minus(launch);
            }
        }
    }

    /**
     * Removes the oldest ended launches beyond the limit, of those that earlier events have ended: what this one ends is shown,
     * so that it is known why it is gone. The runs of removed launches are kept equally long, so that the sequence continues if
     * a task id is reused.
     *
     * @param most how many are removed at most
     */
    void dropOldestEnded(int most) {
        int removed = Math.min(Math.min(ended.size() - ClusterModel.MAX_ENDED, endedBefore), most);
        for (int i = 0; i < removed; i++) {
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

    /** Whether the agent of the launch's host reports the launch's container as running. */
    boolean isReportedAlive(Launch launch) {
        return known(launch)
                .filter(known -> running.reportedAlive(known.task()))
                .isPresent();
    }

    /** The latest known data of a launch, from the master or from a lease row; empty once it has been removed. */
    private Optional<LaunchedTask> known(Launch launch) {
        return Optional.ofNullable(launches.get(launch))
                .or(() -> runs.of(launch).flatMap(Run::unseen).map(KnownLaunch::unseen));
    }

    /** Whether a report of a task in that container concerns this run of the key and not an earlier one. */
    private boolean isOf(Run run, Optional<ContainerId> container) {
        Launch launch = run.launch();
        return !isElsewhere(launch, container) && (container(launch).isPresent() || !isOfRunBefore(launch, container));
    }

    private boolean isOfRunBefore(Launch launch, Optional<ContainerId> container) {
        if (container.isEmpty() || launch.sequence() == 1) {
            return false;
        }
        LaunchedTask before = launches.get(new Launch(launch.key(), launch.sequence() - 1));
        return before != null && before.task().container().equals(container);
    }

    private void start(Run run, Task task, boolean witnessed) {
        put(run);
        put(new LaunchedTask(run.launch(), task, witnessed, Optional.empty()));
    }

    /** Applies new data to a running launch. Values that are no longer reported are kept. */
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
