package io.mesosiam.agent.redirect;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Maintains the rules: applies them at the start, compares them every few seconds, and applies them again if they were
 * changed, one of their cgroups was recreated, or this host's routes changed. Closing it leaves them installed, so that
 * a stopped agent opens no way to the host's role.
 */
public final class Redirect implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Redirect.class.getName());

    private final RuleTable table;
    private final HostFacts host;
    private volatile RedirectSettings settings;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("redirect").factory());

    @GuardedBy("this")
    private @Nullable Applied applied;

    private volatile Optional<String> failure = Optional.empty();

    Redirect(RuleTable table, HostFacts host, RedirectSettings settings) {
        this.table = table;
        this.host = host;
        this.settings = settings;
    }

    /**
     * A redirect with the packet filter of this host.
     *
     * @throws RulesException if there is none
     */
    public static Redirect of(RedirectSettings settings) throws RulesException {
        return new Redirect(RuleTable.installed(), HostFacts.here(), settings);
    }

    /**
     * The rules that this host would have, as input for the packet filter's program.
     *
     * @throws RulesException if there is no such program
     */
    public static String print(RedirectSettings settings) throws RulesException {
        return RuleTable.installed().print(HostFacts.here().rules(settings));
    }

    /**
     * Removes the rules; no error if there are none.
     *
     * @throws RulesException if the packet filter refuses
     */
    public static void remove() throws RulesException {
        RuleTable.installed().remove();
    }

    /** How this host's own processes would be distinguished from its tasks. */
    public static HostBoundary boundary(RedirectSettings settings) {
        return HostFacts.here().boundary(settings);
    }

    /**
     * Whether the kernel has all rules of the agent now.
     *
     * @throws RulesException if the packet filter gives no answer
     */
    public static boolean present() throws RulesException {
        return RuleTable.installed().listing().isPresent();
    }

    /**
     * Bridges of containers that a default route of this host uses: requests of these containers are dropped.
     *
     * @throws IOException if this host's routes or devices can't be read
     */
    public static SortedSet<String> bridgedUplinks() throws IOException {
        return BridgedUplinks.among(Uplinks.read(Path.of("/proc/thread-self/net")), Path.of("/sys/class/net"));
    }

    /**
     * Whether the installed rules keep redirected connections from all listeners except the agent's. Rules of an older
     * agent don't.
     *
     * @throws RulesException if the packet filter gives no answer
     */
    public static boolean guarded() throws RulesException {
        var table = RuleTable.installed();
        return table.listing().filter(table::guards).isPresent();
    }

    /** The applied rules, the inodes of their cgroups right before, and the kernel's listing right afterwards. */
    private record Applied(RedirectRules rules, List<Object> cgroups, Optional<String> listing) {}

    /**
     * Applies the rules, and maintains them from then on.
     *
     * @param port the agent's actual port
     * @throws RulesException if they can't be applied; they are not maintained then
     */
    public void start(int port) throws RulesException {
        settings = settings.at(port);
        check();
        var every = settings.checkEvery().toMillis();
        var unused = thread.scheduleWithFixedDelay(this::checkAgain, every, every, TimeUnit.MILLISECONDS);
    }

    /** The reason why the rules may be missing or wrong; empty if they are correct. */
    public Optional<String> failure() {
        return failure;
    }

    /** Compares the rules once, and applies them again if they differ. */
    synchronized void check() throws RulesException {
        var rules = host.rules(settings);
        var cgroups = host.inodes(rules.boundary());
        var before = applied;
        if (before != null
                && before.rules().equals(rules)
                && before.cgroups().equals(cgroups)
                && before.listing().isPresent()
                && before.listing().equals(table.listing())) {
            return;
        }
        table.apply(rules);
        applied = new Applied(rules, cgroups, table.listing());
        if (before == null) {
            LOG.log(
                    Level.INFO,
                    "redirect rules applied program={0} port={1,number,#} boundary={2} uplinks={3}",
                    table.program(),
                    rules.port(),
                    rules.boundary(),
                    rules.uplinks());
        } else {
            LOG.log(
                    Level.WARNING,
                    "redirect rules differed and were applied again boundary={0} uplinks={1}",
                    rules.boundary(),
                    rules.uplinks());
        }
        if (host.cgroup2() && rules.boundary() instanceof HostBoundary.HostUsers) {
            LOG.log(
                    Level.WARNING,
                    "tasks not identified by cgroup, every process on the host network counts as a task except"
                            + " those of the named users cgroups={0}",
                    settings.taskCgroups());
        }
    }

    /** One periodic comparison. Catches all exceptions, because one would silently end the executor's schedule. */
    void checkAgain() {
        try {
            check();
            failure = Optional.empty();
        } catch (RulesException | UncheckedIOException e) {
            var message = String.valueOf(e.getMessage());
            if (!failure.equals(Optional.of(message))) {
                LOG.log(Level.ERROR, "redirect rules not maintained reason={0}", message);
            }
            failure = Optional.of(message);
        } catch (RuntimeException | Error e) {
            var kind = "unexpected " + e.getClass().getName();
            if (!failure.equals(Optional.of(kind))) {
                LOG.log(Level.ERROR, "redirect rules not maintained failure={0}", kind);
                LOG.log(Level.DEBUG, "redirect rules not maintained", e);
            }
            failure = Optional.of(kind);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
