package io.mesosiam.controller;

import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.sandbox.mesos.MasterSetup;
import io.mesosiam.sandbox.mesos.SandboxMaster;
import io.mesosiam.sandbox.sts.SandboxSts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a controller costs that has nothing to do: CPU time until it is ready, live heap, classes and memory. Each jar
 * starts on an empty database, which it migrates, and then again on the migrated one; the second start is measured.
 * Arguments: rounds, then the jars to compare, which start in turn.
 */
public final class StartBenchmark {
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+([0-9]+) kB");

    private StartBenchmark() {}

    public static void main(String... arguments) throws Exception {
        int rounds = Integer.parseInt(arguments[0]);
        List<String> jars = Arrays.asList(arguments).subList(1, arguments.length);
        Map<String, List<double[]>> measured = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            for (String jar : jars) {
                measured.computeIfAbsent(jar, _ -> new ArrayList<>()).add(start(Path.of(jar)));
            }
        }
        measured.forEach((jar, all) -> System.out.printf(
                "%s: CPU until ready %.1f s, live heap %.1f MiB, RSS %.0f MiB, classes %.0f, of these Hibernate's %.0f"
                        + " (medians of %d)%n",
                jar, median(all, 0), median(all, 1), median(all, 2), median(all, 3), median(all, 4), rounds));
    }

    private static double median(List<double[]> all, int column) {
        return all.stream().mapToDouble(one -> one[column]).sorted().toArray()[all.size() / 2];
    }

    private static double[] start(Path jar) throws Exception {
        Path directory = Files.createTempDirectory("mesos-iam-start");
        try (TestDatabase database = TestPostgres.emptyDatabase();
                SandboxMaster master = SandboxMaster.start(MasterSetup.plain().enforcingPrincipals());
                SandboxSts sts = SandboxSts.start()) {
            TestCa ca = TestCa.in(directory);
            Map<String, String> settings =
                    ControllerProcess.settings(database, master, sts, ca, ca.issue("dns:localhost"));
            try (ControllerProcess migrating = launch(directory, jar, settings)) {
                migrating.awaitReady();
                migrating.stop();
            }
            try (ControllerProcess controller = launch(directory, jar, settings)) {
                controller.awaitReady();
                ProcessHandle process = ProcessHandle.of(controller.pid()).orElseThrow();
                double cpu = process.info()
                                .totalCpuDuration()
                                .map(Duration::toMillis)
                                .orElseThrow()
                        / 1e3;
                double resident =
                        find(RESIDENT, Files.readString(Path.of("/proc/" + process.pid() + "/status"))) / 1024;
                double heap = Jcmd.liveHeap(process.pid());
                List<String> classes =
                        Jcmd.run(process.pid(), "VM.classes").lines().toList();
                double hibernate = classes.stream()
                        .filter(line -> line.contains(" org.hibernate."))
                        .count();
                return new double[] {cpu, heap, resident, classes.size(), hibernate};
            }
        }
    }

    private static ControllerProcess launch(Path directory, Path jar, Map<String, String> settings) throws IOException {
        return ControllerProcess.start(directory, "controller-1", jar, List.of("-Xmx256m"), settings);
    }

    private static double find(Pattern pattern, String text) {
        Matcher found = pattern.matcher(text);
        if (!found.find()) {
            throw new IllegalStateException(text);
        }
        return Double.parseDouble(found.group(1));
    }
}
