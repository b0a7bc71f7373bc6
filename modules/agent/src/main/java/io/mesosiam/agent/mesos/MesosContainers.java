package io.mesosiam.agent.mesos;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.mesosiam.agent.attest.KnownProcess;
import io.mesosiam.agent.attest.KnownProcesses;
import io.mesosiam.agent.cgroup.ContainerPath;
import io.mesosiam.channel.wire.Executor;
import io.mesosiam.reach.FileProblem;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The containers of this host's Mesos: from its runtime directory if that can be trusted, else from its API. The
 * directory is read on demand. The API is queried in the background, and its last answer is used until the next one.
 */
public final class MesosContainers {
    private static final System.Logger LOG = System.getLogger(MesosContainers.class.getName());

    /** For each answer, Mesos measures the resource use of every container. */
    private static final Duration QUERY_EVERY = Duration.ofSeconds(2);

    private final Optional<RuntimeDirectory> directory;
    private final Optional<MesosAgentApi> agent;

    private volatile List<MesosContainer> lastAnswer = List.of();

    @GuardedBy("this")
    private long lastQuery = System.nanoTime() - QUERY_EVERY.toNanos();

    @GuardedBy("this")
    private Thread querying = Thread.ofVirtual().unstarted(() -> {});

    private final AvailabilityLog directoryLog = new AvailabilityLog("runtime directory");
    private final AvailabilityLog agentLog = new AvailabilityLog("agent");

    /** Creates the view. Either source may be missing; without both nothing is known. */
    public MesosContainers(Optional<RuntimeDirectory> directory, Optional<MesosAgentApi> agent) {
        this.directory = directory;
        this.agent = agent;
    }

    /**
     * Whether a container, or the outermost one around it, was launched for no framework; false if no source confirms
     * that.
     */
    public boolean isStandalone(String containerId) {
        String outermost = ContainerPath.outermost(containerId);
        if (directory.isPresent()) {
            try {
                boolean standalone = directory.get().isStandalone(outermost);
                directoryLog.answered();
                return standalone;
            } catch (IOException e) {
                directoryLog.failed(e);
            }
        }
        return agentsContainers().stream()
                .anyMatch(one -> one.standalone() && one.id().equals(outermost));
    }

    /**
     * The executor that a container, or the outermost one around it, was launched for; empty if the runtime directory doesn't
     * say.
     */
    public Optional<Executor> executor(String containerId) {
        if (directory.isEmpty()) {
            return Optional.empty();
        }
        try {
            Optional<Executor> executor = directory.get().executor(ContainerPath.outermost(containerId));
            directoryLog.answered();
            return executor;
        } catch (IOException e) {
            directoryLog.failed(e);
            return Optional.empty();
        }
    }

    /**
     * The known containers.
     *
     * @param whole whether every running container is included
     */
    public record Known(List<MesosContainer> containers, boolean whole) {}

    /** All known containers. The API's answer is never complete: it is seconds old, and ACLs may hide containers. */
    public Known all() {
        if (directory.isPresent()) {
            try {
                List<MesosContainer> containers = directory.get().containers();
                directoryLog.answered();
                return new Known(containers, true);
            } catch (IOException e) {
                directoryLog.failed(e);
            }
        }
        return new Known(agentsContainers(), false);
    }

    /** The same containers by their first processes. */
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

    private synchronized List<MesosContainer> agentsContainers() {
        if (agent.isPresent() && !querying.isAlive() && System.nanoTime() - lastQuery >= QUERY_EVERY.toNanos()) {
            lastQuery = System.nanoTime();
            querying = Thread.ofVirtual().name("mesos-agent").start(() -> query(agent.get()));
        }
        return lastAnswer;
    }

    private void query(MesosAgentApi mesos) {
        try {
            lastAnswer = mesos.containers();
            agentLog.answered();
        } catch (IOException | RuntimeException | Error e) {
            // the last answer stays valid without a new one: at worst, a container that has ended stays refused
            agentLog.failed(e);
        }
    }

    /** Logs once that a source can't be used, and once that it can be used again. */
    private static final class AvailabilityLog {
        private final String source;
        private final AtomicBoolean failing = new AtomicBoolean();

        AvailabilityLog(String source) {
            this.source = source;
        }

        /**
         * The message of an expected failure. Other exceptions' messages may contain anything, so they are not logged.
         */
        private static String reason(Throwable e) {
            return e instanceof IOException failure
                    ? FileProblem.describe(failure)
                    : "unexpected failure, " + e.getClass().getName();
        }

        void answered() {
            if (failing.compareAndSet(true, false)) {
                LOG.log(Level.INFO, "mesos source is used again source={0}", source);
            }
        }

        void failed(Throwable e) {
            if (failing.compareAndSet(false, true)) {
                LOG.log(Level.WARNING, "mesos source is not used source={0} reason={1}", source, reason(e));
            }
        }
    }
}
