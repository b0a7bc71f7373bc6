package io.mesosiam.mesos.json;

import io.mesosiam.mesos.ClusterState.Leader;
import io.mesosiam.mesos.model.ClusterEvent;
import io.mesosiam.mesos.model.ClusterModel;
import io.mesosiam.mesos.model.Snapshot;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Reads a large cluster of recorded shape, in both forms, on one thread, and prints how fast and what is kept of it.
 *
 * <pre>java -cp target/test-classes:target/classes:… io.mesosiam.mesos.json.ParseBenchmark [tasks]</pre>
 */
final class ParseBenchmark {
    private static final int ROUNDS = 7;
    private static final int FRAMEWORKS = 20;
    private static final int AGENTS = 5_000;
    private static final String MASTER = "b111ed23-6d03-4077-b90a-85e73c6be4bd";
    private static final Leader LEADER = new Leader(MASTER, "1795315346.706003");

    private ParseBenchmark() {}

    public static void main(String[] args) throws Exception {
        int tasks = args.length > 0 ? Integer.parseInt(args[0]) : 100_000;
        byte[] state = state(tasks);
        measure("/state", state, tasks, json -> new SnapshotReader().read(json));
        byte[] subscribed = subscribed(tasks);
        state = null;
        measure("SUBSCRIBED", subscribed, tasks, json -> Subscription.read(json).snapshot());
    }

    private static void measure(String what, byte[] bytes, int tasks, MasterJson.Reader<Snapshot> reader)
            throws Exception {
        double best = Double.MAX_VALUE;
        double bestApplied = Double.MAX_VALUE;
        for (int i = 0; i < ROUNDS; i++) {
            long start = cpuNanos();
            Snapshot snapshot = MasterJson.document(what, new ByteArrayInputStream(bytes), reader);
            double seconds = (cpuNanos() - start) / 1e9;
            long applying = cpuNanos();
            ClusterModel model = model(snapshot);
            double applied = (cpuNanos() - applying) / 1e9;
            if (model.state().launches().size() != tasks) {
                throw new IllegalStateException(
                        "read " + model.state().launches().size() + " tasks of " + tasks);
            }
            best = Math.min(best, seconds);
            bestApplied = Math.min(bestApplied, applied);
        }
        long before = used();
        resetPeaks();
        ClusterModel kept = model(MasterJson.document(what, new ByteArrayInputStream(bytes), reader));
        long peak = peak() - before;
        long after = used();
        System.out.printf(
                Locale.ROOT,
                "%s: %d tasks, %.1f MB; read in %.3f s of CPU = %.0f MB/s, applied in %.3f s; peak heap +%d MB, kept %d bytes a task%n",
                what,
                kept.state().launches().size(),
                bytes.length / 1e6,
                best,
                bytes.length / 1e6 / best,
                bestApplied,
                peak / 1_000_000,
                (after - before) / tasks);
    }

    private static ClusterModel model(Snapshot snapshot) {
        return ClusterModel.startingWith(List.of())
                .apply(new ClusterEvent.Subscribed(LEADER, snapshot), _ -> Optional.of(Map.of()))
                .model();
    }

    /** CPU time of this thread, because wall time on a busy machine includes other processes. */
    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static long used() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static void resetPeaks() {
        heapPools().forEach(MemoryPoolMXBean::resetPeakUsage);
    }

    private static long peak() {
        return heapPools().stream().mapToLong(p -> p.getPeakUsage().getUsed()).sum();
    }

    private static List<MemoryPoolMXBean> heapPools() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .toList();
    }

    private static byte[] state(int tasks) throws IOException {
        Writer out = new Writer();
        out.write("{\"version\":\"1.12.0\",\"elected_time\":1795315346.706003,\"id\":\"%s\",\"slaves\":["
                .formatted(MASTER));
        for (int i = 0; i < AGENTS; i++) {
            out.element(i, """
                    {"id":"%s-S%d","hostname":"agent%d.mesos.test","port":5051,"attributes":{"rack":"r%d","zone":"a"},\
                    "pid":"slave(1)@10.%d.%d.%d:5051","resources":{"disk":20000.0,"mem":16384.0,"gpus":0.0,"cpus":16.0,\
                    "ports":"[31000-32000]"},"active":true,"deactivated":false,"version":"1.12.0"}""".formatted(MASTER, i, i, i % 40, i >> 16, i >> 8 & 255, i & 255));
        }
        out.write("],\"frameworks\":[");
        for (int f = 0; f < FRAMEWORKS; f++) {
            out.element(f, """
                    {"id":"%s-%04d","name":"web-%d","active":true,"connected":true,"recovered":false,"user":"root",\
                    "principal":"svc-%d","roles":["web"],"unreachable_tasks":[],"completed_tasks":[],"tasks":[\
                    """.formatted(MASTER, f, f, f));
            RandomGenerator random = RandomGeneratorFactory.getDefault().create(f);
            for (int i = 0; i < tasks / FRAMEWORKS; i++) {
                String status = """
                        {"state":"%s","timestamp":1795315352.7366168,"container_status":{"container_id":{"value":"%s"},\
                        "network_infos":[{"ip_addresses":[{"protocol":"IPv4","ip_address":"198.51.100.1"}]}]}}""";
                String container = uuid(random);
                out.element(i, """
                        {"id":"web-%d-%d","name":"web-%d-%d","framework_id":"%s-%04d","executor_id":"","slave_id":"%s-S%d",\
                        "state":"TASK_RUNNING","resources":{"disk":0.0,"mem":64.0,"gpus":0.0,"cpus":0.1},"role":"web",\
                        "statuses":[%s,%s],"labels":[{"key":"iam.example/service-account","value":"checkout"},\
                        {"key":"team","value":"payments"},{"key":"key-only"}]}""".formatted(
                                f,
                                i,
                                f,
                                i,
                                MASTER,
                                f,
                                MASTER,
                                random.nextInt(AGENTS),
                                status.formatted("TASK_STARTING", container),
                                status.formatted("TASK_RUNNING", container)));
            }
            out.write("]}");
        }
        out.write("],\"completed_frameworks\":[]}");
        return out.toByteArray();
    }

    private static byte[] subscribed(int tasks) throws IOException {
        Writer out = new Writer();
        out.write("{\"type\":\"SUBSCRIBED\",\"subscribed\":{\"get_state\":{\"get_tasks\":{\"tasks\":[");
        RandomGenerator random = RandomGeneratorFactory.getDefault().create(1);
        for (int i = 0; i < tasks; i++) {
            int f = i % FRAMEWORKS;
            int agent = random.nextInt(AGENTS);
            String container = uuid(random);
            String status = """
                    {"task_id":{"value":"web-%d"},"state":"%s","source":"SOURCE_EXECUTOR","agent_id":{"value":"%s-S%d"},\
                    "executor_id":{"value":"web-%d"},"timestamp":1795315352.7366168,"uuid":"wJTFpnctSa2jhyUVB71H8w==",\
                    "container_status":{"container_id":{"value":"%s"},"network_infos":[{"ip_addresses":[{"protocol":"IPv4",\
                    "ip_address":"198.51.100.1"}]}],"executor_pid":25457}}""";
            out.element(i, """
                    {"name":"web-%d","task_id":{"value":"web-%d"},"framework_id":{"value":"%s-%04d"},\
                    "agent_id":{"value":"%s-S%d"},"state":"TASK_RUNNING","resources":[{"name":"cpus","type":"SCALAR",\
                    "scalar":{"value":0.1},"allocation_info":{"role":"web"}},{"name":"mem","type":"SCALAR",\
                    "scalar":{"value":64.0},"allocation_info":{"role":"web"}}],"statuses":[%s,%s],\
                    "status_update_state":"TASK_RUNNING","status_update_uuid":"S1IkxY4JSUGO8Tpq6S8/hA==",\
                    "labels":{"labels":[{"key":"iam.example/service-account","value":"checkout"},\
                    {"key":"team","value":"payments"},{"key":"key-only"}]}}""".formatted(
                            i,
                            i,
                            MASTER,
                            f,
                            MASTER,
                            agent,
                            status.formatted(i, "TASK_STARTING", MASTER, agent, i, container),
                            status.formatted(i, "TASK_RUNNING", MASTER, agent, i, container)));
        }
        out.write("],\"unreachable_tasks\":[],\"completed_tasks\":[]},\"get_frameworks\":{\"frameworks\":[");
        for (int f = 0; f < FRAMEWORKS; f++) {
            out.element(f, """
                    {"framework_info":{"user":"root","name":"web-%d","id":{"value":"%s-%04d"},"principal":"svc-%d"},\
                    "active":true,"connected":true,"recovered":false}""".formatted(f, MASTER, f, f));
        }
        out.write("]},\"get_agents\":{\"agents\":[");
        for (int i = 0; i < AGENTS; i++) {
            out.element(i, """
                    {"agent_info":{"hostname":"agent%d.mesos.test","port":5051,"attributes":[{"name":"rack","type":"TEXT",\
                    "text":{"value":"r%d"}}],"id":{"value":"%s-S%d"}},"active":true,"deactivated":false,\
                    "pid":"slave(1)@10.0.%d.%d:5051"}""".formatted(i, i % 40, MASTER, i, i >> 8, i & 255));
        }
        out.write("]}},\"heartbeat_interval_seconds\":15.0}}");
        return out.toByteArray();
    }

    private static String uuid(RandomGenerator random) {
        return new UUID(random.nextLong(), random.nextLong()).toString();
    }

    private static final class Writer extends ByteArrayOutputStream {
        void write(String text) throws IOException {
            write(text.getBytes(StandardCharsets.UTF_8));
        }

        void element(int index, String text) throws IOException {
            write(index == 0 ? text : "," + text);
        }
    }
}
