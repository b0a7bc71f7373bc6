package io.mesosiam.simulation;

import io.mesosiam.mesos.ClusterState.Leader;
import io.mesosiam.mesos.Enforcement;
import io.mesosiam.mesos.model.ClusterEvent;
import io.mesosiam.mesos.model.MasterTaskCounts;
import io.mesosiam.mesos.model.Snapshot;
import io.mesosiam.mesos.model.TaskCounts;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Consumer;

/** How one controller follows the masters: a stream of events, which can end, and polls beside it. */
final class Watch {
    private static final Duration POLLS = Duration.ofSeconds(60);
    private static final Duration POLLS_ALONE = Duration.ofSeconds(5);
    private static final Duration DELAY = Duration.ofMillis(20);
    private static final Duration LONG_DELAY = Duration.ofSeconds(4);

    /** Whether the masters can be reached. */
    boolean reachable = true;

    private final Scheduler scheduler;
    private final Masters masters;
    private final ControllerNode controller;
    private final Deque<ClusterEvent> inbox = new ArrayDeque<>();
    private final Consumer<ClusterEvent> events = this::sent;
    private Optional<Leader> streaming = Optional.empty();

    /** The leader whose listing at the beginning of the stream has arrived: a poll is beside the stream from then on. */
    private Optional<Leader> followed = Optional.empty();

    Watch(Scheduler scheduler, Masters masters, ControllerNode controller) {
        this.scheduler = scheduler;
        this.masters = masters;
        this.controller = controller;
    }

    void start() {
        connect();
        poll();
    }

    private Duration delay() {
        return scheduler.oneIn(100) ? scheduler.upTo(LONG_DELAY) : scheduler.upTo(DELAY);
    }

    private void connect() {
        if (!controller.runs) {
            return;
        }
        if (streaming.isEmpty() && reachable && masters.leader().isPresent()) {
            streaming = masters.leader();
            masters.subscribe(events);
            sent(new ClusterEvent.Subscribed(masters.leader().get(), masters.counted()));
            sent(new ClusterEvent.FlagsRead(new Enforcement(true, true, true, true)));
        }
        if (streaming.isEmpty()) {
            scheduler.after(
                    scheduler.between(Duration.ofMillis(200), Duration.ofSeconds(20)),
                    "subscribe " + controller,
                    this::connect);
        }
    }

    private void sent(ClusterEvent event) {
        inbox.add(event);
        scheduler.after(delay(), "event to " + controller, this::arrive);
    }

    private void arrive() {
        ClusterEvent event = inbox.poll();
        if (event != null && controller.runs) {
            scheduler.note(() -> controller + " " + event.getClass().getSimpleName());
            controller.apply(event);
            if (event instanceof ClusterEvent.Subscribed subscribed) {
                followed = Optional.of(subscribed.leader());
            }
        }
    }

    /** The stream ends. Events that have not arrived are lost. */
    void cut() {
        if (streaming.isPresent()) {
            masters.unsubscribe(events);
            streaming = Optional.empty();
            followed = Optional.empty();
            inbox.clear();
            scheduler.within(Duration.ofSeconds(2), "subscribe " + controller, this::connect);
        }
    }

    private void poll() {
        if (!controller.runs) {
            return;
        }
        long askedAt = controller.state().version();
        scheduler.after(delay(), "poll of " + controller, () -> answer(askedAt));
        scheduler.after(streaming.isPresent() ? POLLS : POLLS_ALONE, "next poll of " + controller, this::poll);
    }

    private void answer(long askedAt) {
        if (!controller.runs) {
            return;
        }
        Optional<Leader> leader = masters.leader().filter(_ -> reachable);
        if (leader.isEmpty()) {
            if (streaming.isEmpty() && controller.state().masterAnswers()) {
                controller.apply(new ClusterEvent.MasterAnswers(false));
            }
            return;
        }
        TaskCounts counts = masters.counts();
        Snapshot shown = masters.snapshot();
        scheduler.after(delay(), "answer to poll of " + controller, () -> {
            if (controller.runs) {
                controller.apply(new ClusterEvent.Polled(
                        leader.get(),
                        shown,
                        askedAt,
                        followed.equals(leader),
                        new MasterTaskCounts.Around(counts, counts)));
            }
        });
    }
}
