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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Measures what a container gets from the agent while another one attacks it: 20 requests a second on new connections
 * and 20 on a kept one. For each attack a new agent is started, which has a quiet time, a quarter as long, just before.
 * Attacks are compared with the quiet times of all rows together, since p99 of a few hundred requests varies by half.
 *
 * <p>Agent and attacker have equal {@link CpuShares}, victim and this benchmark's JVM ten times as much. Row {@code CPU} only uses the attacker's: what it costs is
 * the machine's, not the agent's. If there is a {@code go}, the same requests are sent to a bare Go server too, which is
 * not attacked: what these lose is the machine's, in every row.
 *
 * <p>Requires root, the CPU cgroups of v1, setpriv, curl and ip. Built as {@link AgentBenchmark} describes. Arguments: the
 * agent's jar, seconds for each attack, and optionally the names of the rows.
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

    private final Map<Attack, Rows> rows = new TreeMap<>();
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

    /** The same requests of the agent and of the Go server beside it, in the same seconds. */
    private record Both(Result agent, Result beside) {
        private static final Both NONE = new Both(Result.none(), Result.none());

        Both and(Both more) {
            return new Both(agent.and(more.agent), beside.and(more.beside));
        }
    }

    private record Rows(Both quiet, Both attacked) {}

    public static void main(String[] arguments) throws Exception {
        List<String> names = Stream.of(Attack.values()).map(Attack::name).toList();
        List<String> wanted =
                arguments.length < 2 ? List.of() : List.of(arguments).subList(2, arguments.length);
        if (arguments.length < 2 || !names.containsAll(wanted)) {
            System.err.println("usage: AttackBenchmark FILE SECONDS [ROW...], each row one of " + names);
            System.exit(2);
        }
        Path directory = Files.createTempDirectory("mesos-iam-attack");
        try (CpuShares shares = CpuShares.create()) {
            shares.enter("benchmark");
            AttackBenchmark benchmark = new AttackBenchmark(
                    new AgentProgram(Path.of(arguments[0])),
                    Duration.ofSeconds(Integer.parseInt(arguments[1])),
                    directory,
                    shares,
                    BareGo.build(directory));
            OUT.println("attack | agent: RSS, heap MiB, CPU % | alive | connections a second | failures");
            for (Attack attack : Attack.values()) {
                if (wanted.isEmpty() || wanted.contains(attack.name())) {
                    benchmark.row(attack);
                }
            }
            benchmark.table();
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
                var unusedWarm = figures(victim, beside);
                Thread.sleep(phase.dividedBy(4));
                Both quiet = figures(victim, beside);
                List<Process> floods = start(attack, lab, attacker, through, served.port());
                List<Opened> before = opened(floods);
                var unusedStart = figures(victim, beside);
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
                rows.put(attack, new Rows(quiet, figures(victim, beside)));
                OUT.printf(
                        "%s | %d, %d, %d | %s | %d | %s%n",
                        attack,
                        resident,
                        largestHeap(collections),
                        busy,
                        alive,
                        perSecond(before, opened(floods)),
                        failures(rows.get(attack)));
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

    private static Both figures(Process victim, Optional<Process> beside) throws IOException {
        return new Both(figures(victim), beside.isPresent() ? figures(beside.get()) : Result.none());
    }

    private static Result figures(Process victim) throws IOException {
        victim.outputWriter().write("\n");
        victim.outputWriter().flush();
        return Result.parse(victim.inputReader().readLine());
    }

    private void table() {
        Both quiet = rows.values().stream().map(Rows::quiet).reduce(Both.NONE, Both::and);
        OUT.println("attack | agent, new: requests; p50, p99 (range), max ms; ratio | kept | Go, new | kept");
        text("quiet, all rows", quiet, quiet);
        rows.forEach((attack, row) -> text(attack.name(), quiet, row.attacked));
    }

    private static void text(String name, Both quiet, Both row) {
        OUT.printf(
                "%s | %s | %s | %s | %s%n",
                name,
                text(quiet.agent.fresh(), row.agent.fresh()),
                text(quiet.agent.kept(), row.agent.kept()),
                text(quiet.beside.fresh(), row.beside.fresh()),
                text(quiet.beside.kept(), row.beside.kept()));
    }

    private static String text(Figures quiet, Figures row) {
        return "%d; %.1f, %.1f (%.1f-%.1f), %.1f; %.1f"
                .formatted(
                        row.asks(),
                        row.median(),
                        row.p99(),
                        row.lowest(),
                        row.highest(),
                        row.max(),
                        row.p99() / quiet.p99());
    }

    private static String failures(Rows rows) {
        List<String> all = Stream.of(rows.quiet.agent, rows.attacked.agent)
                .flatMap(result -> Stream.of(result.fresh(), result.kept()))
                .flatMap(figures -> figures.failures().stream())
                .toList();
        return all.isEmpty() ? "0" : all.size() + ", the first: " + all.getFirst();
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
