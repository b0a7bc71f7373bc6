package io.mesosiam.mesos.master;

import io.mesosiam.mesos.ClusterState.Leader;
import io.mesosiam.mesos.json.SnapshotReader;
import io.mesosiam.mesos.master.MasterFailure.Kind;
import io.mesosiam.mesos.master.StreamLoop.Followed;
import io.mesosiam.mesos.model.ClusterEvent;
import io.mesosiam.mesos.model.MasterTaskCounts;
import io.mesosiam.mesos.model.Snapshot;
import io.mesosiam.mesos.model.TaskCounts;
import io.mesosiam.pause.Wakeup;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Periodically lists the complete cluster, and reads the master's own counters before and after each listing. */
final class PollLoop implements Runnable {
    private final ClusterWatch watch;
    private final MasterClient client;
    private final MesosConfig config;
    private final WatchStatus report;
    private final StreamLoop stream;
    private final LongSupplier nanoTime;
    private final Wakeup wakeup;
    private final PollPace pace;
    private final LeaderProbe probe;
    private final ListingShare share;

    /** @param nanoTime as {@link System#nanoTime} */
    PollLoop(
            ClusterWatch watch,
            MasterClient client,
            MesosConfig config,
            WatchStatus report,
            StreamLoop stream,
            LongSupplier nanoTime,
            Wakeup wakeup) {
        this.watch = watch;
        this.client = client;
        this.config = config;
        this.report = report;
        this.stream = stream;
        this.nanoTime = nanoTime;
        this.share = new ListingShare(nanoTime);
        this.wakeup = wakeup;
        this.pace = new PollPace(config.pollInterval(), config.pollAloneInterval());
        this.probe = new LeaderProbe(client, config);
    }

    @Override
    public void run() {
        try {
            while (!watch.closed()) {
                try {
                    poll();
                    report.succeeded("poll");
                } catch (MasterFailure e) {
                    if (!watch.closed()) {
                        report.failed("poll", e.getMessage());
                    }
                } catch (RuntimeException | Error e) {
                    report.failedUnexpectedly("poll", "the poll", e);
                }
                watch.masterAnswers();
                rest();
            }
        } catch (InterruptedException e) {
            // The watch is closing.
        }
    }

    /** A stream that begins or ends shortens the delay, but not below the least one: streams can end one after another. */
    private void rest() throws InterruptedException {
        wakeup.await(pace.after(share.took(), stream.followed().isPresent()));
        for (Duration left = share.least(); left.isPositive(); left = share.least()) {
            wakeup.await(left);
        }
    }

    private void poll() throws MasterFailure, InterruptedException {
        Optional<Followed> followed = stream.followed();
        URI master = followed.isPresent() ? followed.get().master() : client.findLeader();
        Counted before = count(master);
        long askedAt = watch.state().version();
        long startedNanos = nanoTime.getAsLong();
        IdleTimeoutInputStream answer = client.get(master, "/state");
        Snapshot snapshot = snapshot(answer, startedNanos);
        Leader leader = snapshot.leader()
                .orElseThrow(() -> new MasterFailure(
                        Kind.MALFORMED, answer.request() + ": the id or the elected_time of a leader is missing"));
        Counted after = count(master);
        Optional<Followed> now = stream.followed();
        if (now.isPresent() && !now.get().leader().equals(leader)) {
            throw new MasterFailure(
                    Kind.UNAVAILABLE,
                    "%s answers as master %s, and the stream is of %s"
                            .formatted(
                                    answer.request(),
                                    leader.id(),
                                    now.get().leader().id()));
        }
        if (now.isEmpty()) {
            watch.apply(new ClusterEvent.FlagsRead(probe.enforcement(master)));
        }
        if (!watch.apply(new ClusterEvent.Polled(leader, snapshot, askedAt, now.isPresent(), before.until(after)))) {
            throw new MasterFailure(Kind.UNAVAILABLE, answer.request() + ": the listing could not be applied");
        }
        report.rejected(snapshot.rejected());
        report.listed(answer.master());
    }

    /** A listing that can't be used is as much work for the master as another one. */
    private Snapshot snapshot(IdleTimeoutInputStream answer, long startedNanos) throws MasterFailure {
        try {
            Snapshot snapshot = MasterClient.read(answer, config.maxSnapshotBytes(), new SnapshotReader()::read);
            share.ended(startedNanos);
            return snapshot;
        } catch (MasterFailure e) {
            if (e.kind() != Kind.UNAVAILABLE) {
                share.ended(startedNanos);
            }
            throw e;
        }
    }

    private Counted count(URI master) throws InterruptedException {
        try {
            return new Counted(Optional.of(probe.counts(master)), "");
        } catch (MasterFailure e) {
            return new Counted(Optional.empty(), e.getMessage());
        }
    }

    /** One reading of the counters, or the reason why it failed. */
    private record Counted(Optional<TaskCounts> counts, String error) {
        MasterTaskCounts until(Counted after) {
            return counts.<MasterTaskCounts>flatMap(
                            from -> after.counts.map(to -> new MasterTaskCounts.Around(from, to)))
                    .orElseGet(() -> new MasterTaskCounts.Unknown(counts.isEmpty() ? error : after.error));
        }
    }
}
