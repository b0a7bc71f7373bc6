package io.mesosiam.agent;

import io.mesosiam.agent.FloodLab.Served;
import io.mesosiam.agent.FloodingContainer.Does;
import io.mesosiam.agent.SteadyAsks.Figures;
import io.mesosiam.agent.SteadyAsks.Result;
import io.mesosiam.fakes.Shell;
import io.mesosiam.fakes.TestPort;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Measures what a container gets from the agent while another one attacks it: 20 requests a second on new connections
 * and 20 on a kept one. For each attack a new agent is started; its quiet time just before the attack is what the
 * attack is compared with.
 *
 * <p>Agent, victim, attacker and this benchmark's JVM have equal {@link CpuShares}. Row {@code CPU} only uses the attacker's: what it costs is
 * the machine's, not the agent's. If there is a {@code go}, the same requests are sent to a bare Go server too, which is
 * not attacked: what these lose is the machine's, in every row.
 *
 * <p>Requires root, the CPU cgroups of v1, setpriv, curl and ip. Built as {@link AgentBenchmark} describes. Arguments: the
 * agent's jar, seconds for each phase, and optionally the names of the rows.
 */
public final class AttackBenchmark {
    private static final PrintStream OUT = System.out;
    private static final String ATTACKER = "container-0";
    private static final String VICTIM = "container-1";
    private static final String LOOPBACK = "127.0.0.1";
    private static final Duration WARM_UP = Duration.ofSeconds(6);

    /** 198.18.0.0/15 is reserved for tests (RFC 2544). */
    private static final String HOST = "198.18.79.1";

    private static final String MANY = "1500";
    private static final Pattern COLLECTED = Pattern.compile("([0-9]+)M->([0-9]+)M\\(");

    private final AgentProgram program;
    private final Duration phase;
    private final Path directory;
    private final CpuShares shares;
    private final Optional<Path> bare;
    private final String device = "miaat" + ProcessHandle.current().pid() % 100_000;

    private AttackBenchmark(
            AgentProgram program, Duration phase, Path directory, CpuShares shares, Optional<Path> bare) {
        this.program = program;
        this.phase = phase;
        this.directory = directory;
        this.shares = shares;
        this.bare = bare;
    }

    /** What the attacking container does. */
    private enum Attack {
        NOTHING,
        CPU,
        SILENT_CONNECTIONS,
        SLOWLORIS,
        SHORT_CONNECTIONS,
        HUGE_HEADERS,
        NEVER_READS,
        ADDRESSES,
        USERS,
        FORK_BOMB
    }

    public static void main(String[] arguments) throws Exception {
        Path directory = Files.createTempDirectory("mesos-iam-attack");
        try (CpuShares shares = CpuShares.create()) {
            shares.enter("benchmark");
            AttackBenchmark benchmark = new AttackBenchmark(
                    new AgentProgram(Path.of(arguments[0])),
                    Duration.ofSeconds(Integer.parseInt(arguments[1])),
                    directory,
                    shares,
                    BareGo.build(directory));
            List<String> wanted = Arrays.asList(arguments).subList(2, arguments.length);
            OUT.println("attack | fresh: asks, failed, p50, p99, max ms | ratio | kept: the same | ratio"
                    + " | agent: heap, RSS MiB, CPU % | alive | connections a second"
                    + " | bare Go beside it: fresh p50, p99, max, ratio; kept p99, ratio");
            for (Attack attack : Attack.values()) {
                if (wanted.isEmpty() || wanted.contains(attack.name())) {
                    benchmark.row(attack);
                }
            }
        } finally {
            AgentBenchmark.delete(directory);
        }
    }

    private void row(Attack attack) throws Exception {
        Path own = Files.createDirectory(directory.resolve(attack.name()));
        Path collections = own.resolve("collections.log");
        List<String> flags = program.isJar() ? List.of("-Xlog:gc:file=" + collections) : List.of();
        String listen = attack == Attack.ADDRESSES ? "0.0.0.0" : LOOPBACK;
        try (FloodLab lab = FloodLab.open(own)) {
            List<String> through = attack == Attack.ADDRESSES ? ownNetwork() : List.of();
            String attacker = through.isEmpty() ? ATTACKER : lab.add(through);
            try (Served served = lab.serve(shares.in("agent"), program, listen, flags)) {
                Process victim = asking(lab, served.port());
                Optional<Process> beside = beside(lab);
                Thread.sleep(WARM_UP);
                Result ignored = figures(victim);
                Optional<Result> unusedBeside = figures(beside);
                Thread.sleep(phase);
                Result quiet = figures(victim);
                Optional<Result> quietBeside = figures(beside);
                List<Process> floods = start(attack, lab, attacker, through, served.port());
                List<Opened> before = opened(floods);
                ignored = figures(victim);
                unusedBeside = figures(beside);
                long begun = System.nanoTime();
                long ticks = AgentBenchmark.cpuTicks(served.agent().pid());
                Thread.sleep(phase);
                boolean alive = ProcessHandle.of(served.agent().pid()).isPresent();
                // USER_HZ is 100; on a busy machine the phase is longer than it should be
                long busy = alive
                        ? (AgentBenchmark.cpuTicks(served.agent().pid()) - ticks)
                                * Duration.ofSeconds(1).toNanos()
                                / (System.nanoTime() - begun)
                        : -1;
                long resident = alive ? largestResident(served.agent().pid()) : -1;
                Result attacked = figures(victim);
                Optional<Result> attackedBeside = figures(beside);
                long perSecond = perSecond(before, opened(floods));
                OUT.printf(
                        "%s | %s | %.1f | %s | %.1f | %d, %d, %d | %s | %d | %s%s%n",
                        attack,
                        text(attacked.fresh()),
                        attacked.fresh().p99() / quiet.fresh().p99(),
                        text(attacked.kept()),
                        attacked.kept().p99() / quiet.kept().p99(),
                        largestHeap(collections),
                        resident,
                        busy,
                        alive,
                        perSecond,
                        quietBeside.isPresent() && attackedBeside.isPresent()
                                ? text(quietBeside.get(), attackedBeside.get())
                                : "none",
                        failures(quiet, attacked));
                victim.destroyForcibly().onExit().join();
                beside.ifPresent(process -> process.destroyForcibly().onExit().join());
                floods.forEach(flood -> flood.destroyForcibly().onExit().join());
                if (!floods.isEmpty()) {
                    shares.awaitEmpty("attacker");
                }
                int unused = served.agent().stop();
            }
        } finally {
            Shell.run("ip netns del %1$s 2>/dev/null || true; ip link del %1$s 2>/dev/null || true".formatted(device));
        }
    }

    private Process asking(FloodLab lab, int port) throws IOException {
        Process victim = lab.start(VICTIM, shares.in("victim"), SteadyAsks.class, "" + port, "20");
        require(victim.inputReader().readLine().equals("asking"));
        return victim;
    }

    /** A bare Go server in the agent's place, ended with the lab, and the program that requests from it. */
    private Optional<Process> beside(FloodLab lab) throws IOException {
        if (bare.isEmpty()) {
            return Optional.empty();
        }
        int port = TestPort.claim();
        List<String> command = new ArrayList<>(shares.in("agent"));
        command.addAll(List.of(bare.get().toString(), "" + port));
        var unused = lab.program(VICTIM, command);
        return Optional.of(asking(lab, port));
    }

    private List<Process> start(Attack attack, FloodLab lab, String attacker, List<String> through, int port)
            throws Exception {
        return switch (attack) {
            case NOTHING -> List.of();
            case CPU -> {
                Process first = lab.program(attacker, attacking("sh", "-c", "while :; do :; done"));
                yield List.of(first, lab.program(attacker, attacking("sh", "-c", "while :; do :; done")));
            }
            case SILENT_CONNECTIONS -> flood(lab, attacker, shares.in("attacker"), port, Does.NOTHING, MANY, LOOPBACK);
            case SLOWLORIS -> flood(lab, attacker, shares.in("attacker"), port, Does.A_BYTE_A_SECOND, MANY, LOOPBACK);
            case SHORT_CONNECTIONS ->
                List.of(lab.flood(
                        attacker,
                        shares.in("attacker"),
                        Does.REQUESTS_AND_CLOSES_AT_ONCE.name(),
                        "16",
                        LOOPBACK,
                        "" + port,
                        LOOPBACK,
                        "5000"));
            case HUGE_HEADERS ->
                flood(lab, attacker, shares.in("attacker"), port, Does.LARGE_HEADERS_WITHOUT_AN_END, MANY, LOOPBACK);
            case NEVER_READS ->
                flood(lab, attacker, shares.in("attacker"), port, Does.REQUESTS_AND_NEVER_READS, "400", LOOPBACK);
            case ADDRESSES -> {
                List<String> command = new ArrayList<>(shares.in("attacker"));
                command.addAll(through);
                String addresses = IntStream.range(101, 165)
                        .mapToObj(i -> "198.18.79." + i)
                        .collect(Collectors.joining(","));
                yield List.of(
                        lab.flood(attacker, command, Does.HALF_A_REQUEST.name(), MANY, HOST, "" + port, addresses));
            }
            case USERS -> {
                List<Process> floods = new ArrayList<>();
                for (int user = 64_900; user < 64_908; user++) {
                    List<String> command = attacking("setpriv", "--reuid=" + user, "--clear-groups");
                    floods.add(lab.ready(
                            attacker, command, Does.HALF_A_REQUEST.name(), "180", LOOPBACK, "" + port, LOOPBACK));
                }
                FloodLab.begin(floods);
                yield floods;
            }
            case FORK_BOMB ->
                List.of(lab.program(
                        attacker,
                        attacking(
                                "sh",
                                "-c",
                                "while :; do for i in $(seq 50); do curl -s -o /dev/null http://127.0.0.1:" + port
                                        + "/v2/credentials & done; wait; done")));
        };
    }

    private List<Process> flood(
            FloodLab lab, String attacker, List<String> through, int port, Does does, String count, String from)
            throws IOException {
        return List.of(lab.flood(attacker, through, does.name(), count, LOOPBACK, "" + port, from));
    }

    private List<String> attacking(String... command) throws IOException {
        List<String> all = new ArrayList<>(shares.in("attacker"));
        all.addAll(List.of(command));
        return all;
    }

    /** A network of the attacker's own with 64 addresses. */
    private List<String> ownNetwork() throws Exception {
        Shell.run("""
                ip netns add %1$s
                ip link add %1$s type veth peer name eth0 netns %1$s
                ip link set %1$s up; ip addr add %2$s/24 dev %1$s
                ip -n %1$s link set lo up; ip -n %1$s link set eth0 up
                for i in $(seq 101 164); do ip -n %1$s addr add 198.18.79.$i/24 dev eth0; done
                """.formatted(device, HOST));
        return List.of("nsenter", "--net=/run/netns/" + device);
    }

    private static Result figures(Process victim) throws IOException {
        victim.outputWriter().write("\n");
        victim.outputWriter().flush();
        return Result.parse(victim.inputReader().readLine());
    }

    private static Optional<Result> figures(Optional<Process> victim) throws IOException {
        return victim.isPresent() ? Optional.of(figures(victim.get())) : Optional.empty();
    }

    private static String text(Result quiet, Result attacked) {
        return "%.1f, %.1f, %.1f, %.1f; %.1f, %.1f"
                .formatted(
                        attacked.fresh().p50(),
                        attacked.fresh().p99(),
                        attacked.fresh().max(),
                        attacked.fresh().p99() / quiet.fresh().p99(),
                        attacked.kept().p99(),
                        attacked.kept().p99() / quiet.kept().p99());
    }

    private static String text(Figures figures) {
        return "%d, %d, %.1f, %.1f, %.1f"
                .formatted(figures.asks(), figures.failed(), figures.p50(), figures.p99(), figures.max());
    }

    private static String failures(Result quiet, Result attacked) {
        String first = (attacked.fresh().failure() + " " + attacked.kept().failure()).strip();
        int before = quiet.fresh().failed() + quiet.kept().failed();
        return (first.isEmpty() ? "" : " | " + first) + (before == 0 ? "" : " | failed while quiet: " + before);
    }

    /** How many connections a flood has opened at a time of its own clock. */
    private record Opened(long connections, long nanos) {}

    /** None for programs that don't count them. */
    private static List<Opened> opened(List<Process> floods) throws IOException {
        List<Opened> all = new ArrayList<>();
        for (Process flood : floods) {
            if (flood.info().command().filter(path -> path.endsWith("java")).isPresent()) {
                flood.outputWriter().write("\n");
                flood.outputWriter().flush();
                String[] numbers = flood.inputReader().readLine().split(" ", -1);
                all.add(new Opened(Long.parseLong(numbers[0]), Long.parseLong(numbers[1])));
            }
        }
        return all;
    }

    private static long perSecond(List<Opened> before, List<Opened> after) {
        double all = 0;
        for (int i = 0; i < before.size(); i++) {
            long connections = after.get(i).connections - before.get(i).connections;
            all += connections * 1e9 / (after.get(i).nanos - before.get(i).nanos);
        }
        return Math.round(all);
    }

    /** The largest heap after a collection, in MiB; 0 for a native image. */
    private static long largestHeap(Path collections) throws IOException {
        return Files.exists(collections)
                ? COLLECTED
                        .matcher(Files.readString(collections))
                        .results()
                        .mapToLong(AttackBenchmark::after)
                        .max()
                        .orElse(0)
                : 0;
    }

    private static long after(MatchResult collection) {
        return Long.parseLong(collection.group(2));
    }

    private static long largestResident(long pid) throws IOException {
        try (var lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
            return lines.filter(line -> line.startsWith("VmHWM:"))
                            .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                            .sum()
                    / 1024;
        }
    }

    private static void require(boolean asking) {
        if (!asking) {
            throw new IllegalStateException("the container does not ask");
        }
    }
}
