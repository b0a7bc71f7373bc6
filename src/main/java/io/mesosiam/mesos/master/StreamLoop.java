package io.mesosiam.mesos.master;

import io.mesosiam.mesos.ClusterState.Leader;
import io.mesosiam.mesos.Enforcement;
import io.mesosiam.mesos.MesosText;
import io.mesosiam.mesos.json.EventReader;
import io.mesosiam.mesos.json.MasterJson;
import io.mesosiam.mesos.json.RecordIO;
import io.mesosiam.mesos.json.Subscription;
import io.mesosiam.mesos.master.MasterFailure.Kind;
import io.mesosiam.mesos.model.ClusterEvent;
import io.mesosiam.pause.Backoff;
import io.mesosiam.pause.Wakeup;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * Follows the operator stream until the watch is closed: finds the leader, subscribes, forwards every event, and
 * reconnects when the stream ends, is idle for too long or fails. While the stream isn't available, the poll loop
 * continues alone.
 */
final class StreamLoop implements Runnable {
    private static final Logger LOG = Logger.getLogger(StreamLoop.class);
    private static final String SUBSCRIBE = "{\"type\":\"SUBSCRIBE\"}";

    private final ClusterWatch watch;
    private final MasterClient client;
    private final MesosConfig config;
    private final WatchStatus report;
    private final Backoff backoff;
    private final LongSupplier nanoTime;
    private final ListingShare share;
    private final Wakeup wakeup;
    private final Wakeup pollWakeup;
    private final LeaderProbe probe;
    private volatile Optional<Followed> followed = Optional.empty();

    /** The master whose stream is open, and its term. */
    record Followed(URI master, Leader leader) {}

    /** @param nanoTime as {@link System#nanoTime} */
    StreamLoop(
            ClusterWatch watch,
            MasterClient client,
            MesosConfig config,
            WatchStatus report,
            Backoff backoff,
            LongSupplier nanoTime,
            Wakeup wakeup,
            Wakeup pollWakeup) {
        this.watch = watch;
        this.client = client;
        this.config = config;
        this.report = report;
        this.backoff = backoff;
        this.nanoTime = nanoTime;
        this.share = new ListingShare(nanoTime);
        this.wakeup = wakeup;
        this.pollWakeup = pollWakeup;
        this.probe = new LeaderProbe(client, config);
    }

    /** The master whose stream is currently open. */
    Optional<Followed> followed() {
        return followed;
    }

    @Override
    public void run() {
        try {
            while (!watch.closed()) {
                try {
                    follow();
                } catch (MasterFailure e) {
                    if (!watch.closed()) {
                        report.failed("stream", e.getMessage());
                    }
                } catch (RuntimeException | Error e) {
                    report.failedUnexpectedly("stream", "the stream", e);
                }
                wakeup.await(pause());
            }
        } catch (InterruptedException e) {
            // The watch is closing.
        }
    }

    /** A stream begins with a listing: where streams end early, listings would follow one another. */
    private Duration pause() {
        Duration least = share.least();
        Duration next = backoff.next();
        return least.compareTo(next) > 0 ? least : next;
    }

    private void follow() throws MasterFailure, InterruptedException {
        URI found = client.findLeader();
        long startedNanos = nanoTime.getAsLong();
        try (IdleTimeoutInputStream input = client.call(found, SUBSCRIBE)) {
            // Requested while the stream is open: as long as the stream stays open, the same process sends it.
            Leader leader = probe.leader(input.master());
            Enforcement enforcement = probe.enforcement(input.master());
            RecordIO records = new RecordIO(input);
            Subscription subscription = MasterJson.document(
                    "SUBSCRIBED from " + input.master(),
                    record(records, config.maxSnapshotBytes(), input),
                    Subscription::read);
            share.ended(startedNanos);
            input.await(subscription.heartbeat().multipliedBy(config.heartbeatMisses()));
            watch.apply(new ClusterEvent.FlagsRead(enforcement));
            if (!watch.apply(new ClusterEvent.Subscribed(leader, subscription.snapshot()))) {
                throw new MasterFailure(Kind.UNAVAILABLE, "operator stream: the listing could not be applied");
            }
            followed = Optional.of(new Followed(input.master(), leader));
            report.rejected(subscription.snapshot().rejected());
            report.listed(input.master());
            report.streaming(true);
            report.succeeded("stream");
            watch.masterAnswers();
            backoff.succeeded();
            pollWakeup.wake();
            events(records, input);
        } catch (MasterJson.Malformed e) {
            throw new MasterFailure(Kind.MALFORMED, e.getMessage(), e);
        } catch (RecordIO.BrokenRecord e) {
            throw new MasterFailure(Kind.MALFORMED, "operator stream: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new MasterFailure(
                    Kind.UNAVAILABLE, "operator stream: connection lost: " + MesosText.abbreviated(e), e);
        } finally {
            boolean lost = followed.isPresent();
            followed = Optional.empty();
            report.streaming(false);
            watch.masterAnswers();
            if (lost) {
                // it polls alone from now on, more often
                pollWakeup.wake();
            }
        }
    }

    private void events(RecordIO records, IdleTimeoutInputStream input) throws MasterFailure, IOException {
        EventReader reader = new EventReader();
        String what = "event from " + input.master();
        while (true) {
            ClusterEvent event =
                    MasterJson.document(what, record(records, config.maxRecordBytes(), input), reader::event);
            report.heard();
            if (event instanceof ClusterEvent.Nothing(String type) && !type.equals("HEARTBEAT")) {
                LOG.debugf("mesos event ignored type=%s", MesosText.abbreviated(type));
            }
            if (event instanceof ClusterEvent.Unusable(String reason)) {
                report.rejectedEvent(reason);
            }
            watch.apply(event);
        }
    }

    private static InputStream record(RecordIO records, long limit, IdleTimeoutInputStream input)
            throws MasterFailure, IOException {
        try {
            return records.next(limit)
                    .orElseThrow(() -> new MasterFailure(
                            Kind.UNAVAILABLE, "operator stream of " + input.master() + " was closed by the master"));
        } catch (RecordIO.BrokenRecord e) {
            throw e;
        } catch (IOException e) {
            throw input.explain(e);
        }
    }
}
