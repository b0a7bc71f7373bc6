package io.mesosiam.agent.sdk;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;

/** Every trial with every SDK by every way, each pair of SDK and way in a separate container. */
final class Matrix {
    /** These share one agent, so they run last and one after the other. */
    private static final List<Trial> OF_THE_AGENT = List.of(Trial.RESTART, Trial.V1_OFF);

    /**
     * SDKs time out some seconds after their first request: if the agent takes longer to start, the trial is not valid.
     */
    private static final Duration SOON = Duration.ofSeconds(4);

    private final TrialHost host;
    private final ExecutorService lanes;
    private final Predicate<Cell> asExpected;
    private final List<Entry> entries = new ArrayList<>();

    private record Entry(Sdk sdk, Way way, TrialContainer container, Client client) {}

    private Matrix(TrialHost host, ExecutorService lanes, Predicate<Cell> asExpected) {
        this.host = host;
        this.lanes = lanes;
        this.asExpected = asExpected;
    }

    /**
     * Runs all trials.
     *
     * @param lanes how many containers are busy at once
     * @param asExpected cells that are not as expected are tried once more, since a busy machine may have delayed them
     */
    static List<Cell> run(TrialHost host, List<Sdk> sdks, int lanes, Predicate<Cell> asExpected) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(lanes)) {
            Matrix matrix = new Matrix(host, threads, asExpected);
            List<Cell> cells = new ArrayList<>();
            cells.addAll(matrix.alone(sdks));
            for (Sdk sdk : sdks) {
                cells.addAll(matrix.restart(sdk));
            }
            cells.addAll(matrix.withoutV1());
            return cells;
        }
    }

    /** Number of cells of an SDK. */
    static int size() {
        int byWay = Trial.values().length - 1;
        return Way.values().length * byWay + 1;
    }

    private List<Cell> alone(List<Sdk> sdks) throws Exception {
        List<Callable<List<Cell>>> work = new ArrayList<>();
        for (Sdk sdk : sdks) {
            for (Way way : Way.values()) {
                Entry entry = entry(sdk, way);
                entries.add(entry);
                work.add(() -> alone(entry));
            }
        }
        List<Cell> cells = new ArrayList<>();
        for (Future<List<Cell>> done : lanes.invokeAll(work)) {
            cells.addAll(done.get());
        }
        return cells;
    }

    private Entry entry(Sdk sdk, Way way) throws Exception {
        TrialContainer container = host.container(sdk.name() + "-" + way);
        if (way == Way.IMDS_V1) {
            container.loseTokenRequests();
        }
        return new Entry(
                sdk, way, container, new Client(host, container, container.start(sdk.command(), way.environment())));
    }

    private List<Cell> alone(Entry entry) throws Exception {
        List<Cell> cells = new ArrayList<>();
        for (Trial trial : Trial.values()) {
            if (!OF_THE_AGENT.contains(trial)) {
                Cell cell = alone(entry, trial);
                cells.add(asExpected.test(cell) ? cell : alone(entry, trial));
            }
        }
        return cells;
    }

    private Cell alone(Entry entry, Trial trial) throws Exception {
        Cell cell = cell(entry, trial);
        host.forget(entry.container());
        return cell;
    }

    private static Cell cell(Entry entry, Trial trial) throws Exception {
        return new Cell(entry.sdk().name(), entry.way(), trial, entry.client().run(trial));
    }

    /**
     * All have a lease; the agent is killed, all send requests, and another agent starts. If it does not start within
     * {@link #SOON}, this is repeated, and all send requests once the next agent has reached the controller, which is
     * before it answers: the wait then does not depend on how fast a JVM starts.
     */
    private List<Cell> restart(Sdk sdk) throws Exception {
        List<Entry> some = entries.stream().filter(e -> e.sdk().equals(sdk)).toList();
        serve(some);
        host.kill();
        long dead = System.nanoTime();
        List<Future<Cell>> asking = ask(some, Trial.RESTART);
        host.start();
        boolean soon = System.nanoTime() - dead <= SOON.toNanos();
        List<Cell> cells = answered(asking);
        return soon ? cells : restartThatEndsSoon(some);
    }

    private List<Cell> restartThatEndsSoon(List<Entry> some) throws Exception {
        serve(some);
        host.kill();
        List<Future<Cell>> asking = new ArrayList<>();
        host.start(() -> asking.addAll(ask(some, Trial.RESTART)));
        return answered(asking);
    }

    private List<Cell> withoutV1() throws Exception {
        List<Entry> some = entries.stream().filter(e -> e.way() == Way.IMDS_V1).toList();
        serve(some);
        host.kill();
        host.startWithoutV1();
        return answered(ask(some, Trial.V1_OFF));
    }

    private void serve(List<Entry> some) throws Exception {
        for (Entry entry : some) {
            host.serve(entry.container(), Client.HOUR);
        }
    }

    private List<Future<Cell>> ask(List<Entry> some, Trial trial) {
        return some.stream()
                .map(entry -> lanes.submit(() -> cell(entry, trial)))
                .toList();
    }

    private static List<Cell> answered(List<Future<Cell>> asking) throws Exception {
        List<Cell> cells = new ArrayList<>();
        for (Future<Cell> asked : asking) {
            cells.add(asked.get());
        }
        return cells;
    }
}
