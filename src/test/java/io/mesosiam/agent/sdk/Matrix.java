package io.mesosiam.agent.sdk;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Every trial with every SDK by every way, each pair of them in a container of its own. */
final class Matrix {
    /** They share one agent, so these come last and one after the other. */
    private static final List<Trial> OF_THE_AGENT = List.of(Trial.RESTART, Trial.V1_OFF);

    private final TrialHost host;
    private final ExecutorService lanes;
    private final List<Entry> entries = new ArrayList<>();

    private record Entry(Sdk sdk, Way way, TrialContainer container, Client client) {}

    private Matrix(TrialHost host, ExecutorService lanes) {
        this.host = host;
        this.lanes = lanes;
    }

    /**
     * Tries everything.
     *
     * @param lanes how many containers are busy at once
     */
    static List<Cell> run(TrialHost host, List<Sdk> sdks, int lanes) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(lanes)) {
            Matrix matrix = new Matrix(host, threads);
            List<Cell> cells = new ArrayList<>();
            cells.addAll(matrix.alone(sdks));
            for (Sdk sdk : sdks) {
                cells.addAll(matrix.restart(sdk));
            }
            cells.addAll(matrix.withoutV1());
            return cells;
        }
    }

    /** How many fields an SDK has. */
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
                cells.add(cell(entry, trial));
                host.forget(entry.container());
            }
        }
        return cells;
    }

    private static Cell cell(Entry entry, Trial trial) throws Exception {
        return new Cell(entry.sdk().name(), entry.way(), trial, entry.client().run(trial));
    }

    private List<Cell> restart(Sdk sdk) throws Exception {
        return together(entries.stream().filter(e -> e.sdk().equals(sdk)).toList(), Trial.RESTART, Map.of());
    }

    private List<Cell> withoutV1() throws Exception {
        return together(
                entries.stream().filter(e -> e.way() == Way.IMDS_V1).toList(),
                Trial.V1_OFF,
                Map.of("MESOS_IAM_AGENT_IMDS_V1", "off"));
    }

    /** All have a lease; the agent dies, another one comes up, and all ask. */
    private List<Cell> together(List<Entry> some, Trial trial, Map<String, String> settings) throws Exception {
        for (Entry entry : some) {
            host.serve(entry.container(), Client.HOUR);
        }
        host.kill();
        host.start(settings);
        List<Future<Cell>> asking = new ArrayList<>();
        some.forEach(entry -> asking.add(lanes.submit(() -> cell(entry, trial))));
        List<Cell> cells = new ArrayList<>();
        for (Future<Cell> asked : asking) {
            cells.add(asked.get());
        }
        return cells;
    }
}
