package io.mesosiam.agent.mesos;

import io.mesosiam.agent.attest.KnownProcess;
import io.mesosiam.agent.attest.KnownProcesses;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * This host's Mesos, as far as it is known to us: its runtime directory if that can be believed, else its API. The directory is read
 * when it is needed; the API is asked in the background, and what it said last is used until it answers.
 */
public final class MesosContainers {
    private static final System.Logger LOG = System.getLogger(MesosContainers.class.getName());

    /** Mesos measures every container's use for each answer. */
    private static final Duration ASK_EVERY = Duration.ofSeconds(2);

    private final Optional<RuntimeDirectory> directory;
    private final Optional<MesosAgentApi> agent;

    private volatile List<MesosContainer> said = List.of();
    private volatile long asked = System.nanoTime() - ASK_EVERY.toNanos();
    private volatile Thread asking = Thread.ofVirtual().unstarted(() -> {});
    private final Told directoryTold = new Told("runtime directory");
    private final Told agentTold = new Told("agent");

    /** Either may be missing; without both nothing is known. */
    public MesosContainers(Optional<RuntimeDirectory> directory, Optional<MesosAgentApi> agent) {
        this.directory = directory;
        this.agent = agent;
    }

    /** Whether a container, or the outermost one around it, was launched for no framework; false too if nothing says so. */
    public boolean isStandalone(String containerId) {
        int end = containerId.indexOf('/');
        String outermost = end < 0 ? containerId : containerId.substring(0, end);
        if (directory.isPresent()) {
            try {
                boolean standalone = directory.get().isStandalone(outermost);
                directoryTold.answered();
                return standalone;
            } catch (IOException e) {
                directoryTold.failed(e);
            }
        }
        return saidByAgent().stream()
                .anyMatch(one -> one.standalone() && one.id().equals(outermost));
    }

    /**
     * What is known now.
     *
     * @param whole whether no container is missing that runs at this moment
     */
    public record Known(List<MesosContainer> containers, boolean whole) {}

    /** All that are known now. The API's answer is never whole: it is seconds old, and what ACLs hide isn't in it. */
    public Known all() {
        if (directory.isPresent()) {
            try {
                List<MesosContainer> containers = directory.get().containers();
                directoryTold.answered();
                return new Known(containers, true);
            } catch (IOException e) {
                directoryTold.failed(e);
            }
        }
        return new Known(saidByAgent(), false);
    }

    /** The same by their first processes. */
    public KnownProcesses processes() {
        Known known = all();
        return new KnownProcesses(
                known.containers().stream()
                        .filter(container -> container.pid().isPresent())
                        .map(container ->
                                new KnownProcess(container.id(), container.pid().getAsLong(), container.recorded()))
                        .toList(),
                known.whole());
    }

    private synchronized List<MesosContainer> saidByAgent() {
        if (agent.isPresent() && !asking.isAlive() && System.nanoTime() - asked >= ASK_EVERY.toNanos()) {
            asked = System.nanoTime();
            asking = Thread.ofVirtual().name("mesos-agent").start(() -> ask(agent.get()));
        }
        return said;
    }

    private void ask(MesosAgentApi mesos) {
        try {
            said = mesos.containers();
            agentTold.answered();
        } catch (IOException | RuntimeException | Error e) {
            // what it said before isn't undone by silence: at worst a container that has ended stays refused
            agentTold.failed(e);
        }
    }

    /** Says once that a source can't be used, and once that it can be again. */
    private static final class Told {
        private final String source;
        private final AtomicBoolean failing = new AtomicBoolean();

        Told(String source) {
            this.source = source;
        }

        /** Only an expected failure's own words are known to be fit for the log. */
        private static String reason(Throwable e) {
            return e instanceof IOException
                    ? String.valueOf(e.getMessage())
                    : "unexpected failure, " + e.getClass().getName();
        }

        void answered() {
            if (failing.compareAndSet(true, false)) {
                LOG.log(Level.INFO, "mesos source is believed again source={0}", source);
            }
        }

        void failed(Throwable e) {
            if (failing.compareAndSet(false, true)) {
                LOG.log(Level.WARNING, "mesos source is not believed source={0} reason={1}", source, reason(e));
            }
        }
    }
}
