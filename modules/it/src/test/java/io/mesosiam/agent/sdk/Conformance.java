package io.mesosiam.agent.sdk;

import io.mesosiam.agent.AgentProgram;
import io.mesosiam.agent.redirect.KernelAssumptions;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs the trials of all available SDKs and compares the outcomes with the expected ones; {@code src/test/sdks/run}
 * starts it.
 *
 * <p>Arguments: the agent's jar, expected.csv, the file for the table, then {@code NAME=COMMAND} for each SDK but
 * Java's, and {@code NAME=} for one whose toolchain is missing. The exit code is 1 if a cell is not as expected.
 */
public final class Conformance {
    /** Most of the time all of them wait. */
    private static final int LANES = 10;

    private static final PrintStream OUT = System.out;

    private Conformance() {}

    public static void main(String[] arguments) throws Exception {
        List<Expectation> expected = Expectation.read(Path.of(arguments[1]));
        List<Sdk> sdks = new ArrayList<>(List.of(new Sdk("java", JavaClient.command())));
        int missing = 0;
        for (String argument : List.of(arguments).subList(3, arguments.length)) {
            String[] named = argument.split("=", 2);
            if (named[1].isEmpty()) {
                missing++;
            } else {
                sdks.add(new Sdk(named[0], List.of(named[1].split(" ", -1))));
            }
        }
        String unable = KernelAssumptions.missing();
        if (!unable.isEmpty()) {
            OUT.println("SKIPPED: no container can be made here: " + unable);
            count(0, 0, (sdks.size() + missing) * Matrix.size());
            return;
        }
        List<Cell> cells = run(new AgentProgram(Path.of(arguments[0])), sdks, expected);
        String table = Table.of(cells);
        Files.writeString(Path.of(arguments[2]), table);
        OUT.println(table);
        int wrong = 0;
        for (Cell cell : cells) {
            if (!Expectation.holds(cell, expected)) {
                wrong++;
                OUT.printf(
                        "FAILED %s, expected %s%n",
                        cell, Expectation.of(cell, expected).describe());
            }
        }
        count(cells.size() - wrong, wrong, missing * Matrix.size());
        System.exit(wrong == 0 ? 0 : 1);
    }

    private static List<Cell> run(AgentProgram program, List<Sdk> sdks, List<Expectation> expected) throws Exception {
        Path directory = Files.createTempDirectory("mesos-iam-sdks");
        List<Cell> cells;
        try (TrialHost host = new TrialHost(program, directory)) {
            cells = Matrix.run(host, sdks, LANES, cell -> Expectation.holds(cell, expected));
        } catch (Exception e) {
            OUT.println("the logs are in " + directory);
            throw e;
        }
        delete(directory);
        return cells;
    }

    private static void delete(Path directory) throws Exception {
        try (var tree = Files.walk(directory)) {
            for (Path path : tree.toList().reversed()) {
                Files.delete(path);
            }
        }
    }

    private static void count(int passed, int failed, int skipped) {
        OUT.printf("%d passed, %d failed, %d skipped%n", passed, failed, skipped);
    }
}
