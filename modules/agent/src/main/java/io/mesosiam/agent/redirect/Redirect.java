package io.mesosiam.agent.redirect;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the rules as they should be: applied at the start, compared every few seconds, and put in anew if somebody changed them, a cgroup of
 * theirs was made again or this host's routes moved. Closing it leaves them in place, so that a stopped agent opens no way to the host's role.
 */
public final class Redirect implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Redirect.class.getName());

    private final RuleTable table;
    private final HostFacts host;
    private volatile RedirectSettings settings;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("redirect").factory());

    private @Nullable Applied applied;
    private volatile Optional<String> failure = Optional.empty();

    Redirect(RuleTable table, HostFacts host, RedirectSettings settings) {
        this.table = table;
        this.host = host;
        this.settings = settings;
    }

    /**
     * With the packet filter that this host has.
     *
     * @throws RulesException if it has none
     */
    public static Redirect of(RedirectSettings settings) throws RulesException {
        return new Redirect(RuleTable.installed(), HostFacts.here(), settings);
    }

    /**
     * The rules that this host would have, as the packet filter's program takes them.
     *
     * @throws RulesException if it has no such program
     */
    public static String print(RedirectSettings settings) throws RulesException {
        return RuleTable.installed().print(HostFacts.here().rules(settings));
    }

    /**
     * Takes the rules out; no error where there are none.
     *
     * @throws RulesException if the packet filter refuses
     */
    public static void remove() throws RulesException {
        RuleTable.installed().remove();
    }

    /** How this host's own processes would be told from its tasks. */
    public static HostBoundary boundary(RedirectSettings settings) {
        return HostFacts.here().boundary(settings);
    }

    /**
     * Whether the kernel has rules of ours now.
     *
     * @throws RulesException if the packet filter doesn't say
     */
    public static boolean present() throws RulesException {
        return RuleTable.installed().listing().isPresent();
    }

    /**
     * Bridges of containers that a default route of this host leaves by: what the containers ask is dropped.
     *
     * @throws IOException if this host's routes or devices can't be read
     */
    public static SortedSet<String> bridgedUplinks() throws IOException {
        return BridgedUplinks.among(Uplinks.read(Path.of("/proc/thread-self/net")), Path.of("/sys/class/net"));
    }

    /**
     * Whether the rules that the kernel has now keep every listener but the agent's from the redirected connections: an older agent's
     * don't.
     *
     * @throws RulesException if the packet filter doesn't say
     */
    public static boolean guarded() throws RulesException {
        var table = RuleTable.installed();
        return table.listing().filter(table::guards).isPresent();
    }

    /** What was put in, and how the kernel told it right afterwards. */
    private record Applied(RedirectRules rules, Optional<String> listing) {}

    /**
     * Applies the rules, and keeps them from then on.
     *
     * @param port where the agent listens in fact
     * @throws RulesException if they can't be applied; nothing is kept then
     */
    public void start(int port) throws RulesException {
        settings = settings.at(port);
        check();
        var every = settings.checkEvery().toMillis();
        var unused = thread.scheduleWithFixedDelay(this::checkAgain, every, every, TimeUnit.MILLISECONDS);
    }

    /** Why the rules are perhaps not as they should be; empty while they are. */
    public Optional<String> failure() {
        return failure;
    }

    /** One comparison, and what it takes to make it right. */
    synchronized void check() throws RulesException {
        var rules = host.rules(settings);
        var before = applied;
        if (before != null
                && before.rules().equals(rules)
                && before.listing().isPresent()
                && before.listing().equals(table.listing())) {
            return;
        }
        table.apply(rules);
        applied = new Applied(rules, table.listing());
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
                    "redirect rules were not as they should be and were put in anew boundary={0} uplinks={1}",
                    rules.boundary(),
                    rules.uplinks());
        }
        if (host.cgroup2() && rules.boundary() instanceof HostBoundary.HostUsers) {
            LOG.log(
                    Level.WARNING,
                    "tasks are not told by their cgroups, every process of the host network counts as a task but"
                            + " those of the named users cgroups={0}",
                    settings.taskCgroups());
        }
    }

    /** Run again and again: an exception that is not caught would end the executor's task silently. */
    void checkAgain() {
        try {
            check();
            failure = Optional.empty();
        } catch (RulesException | UncheckedIOException e) {
            var message = String.valueOf(e.getMessage());
            if (!failure.equals(Optional.of(message))) {
                LOG.log(Level.ERROR, "redirect rules not kept reason={0}", message);
            }
            failure = Optional.of(message);
        } catch (RuntimeException | Error e) {
            var kind = "unexpected " + e.getClass().getName();
            if (!failure.equals(Optional.of(kind))) {
                LOG.log(Level.ERROR, "redirect rules not kept failure={0}", kind);
                LOG.log(Level.DEBUG, "redirect rules not kept", e);
            }
            failure = Optional.of(kind);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
