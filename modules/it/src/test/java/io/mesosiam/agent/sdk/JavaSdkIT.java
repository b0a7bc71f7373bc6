package io.mesosiam.agent.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.mesosiam.agent.AgentProgram;
import io.mesosiam.agent.redirect.KernelAssumptions;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The AWS SDK for Java v2 in containers of a real agent. The other SDKs are tried by {@code src/test/sdks/run}. */
class JavaSdkIT {
    private static final AgentProgram PROGRAM = AgentProgram.underTest();
    private static final Path EXPECTED = Path.of("modules/it/src/test/sdks/expected.csv");

    @TempDir
    private Path directory;

    @TestFactory
    Stream<DynamicTest> everyTrialHasTheExpectedOutcome() throws Exception {
        KernelAssumptions.canMakeNamespaces();
        List<Expectation> expected = Expectation.read(EXPECTED);
        List<Sdk> java = List.of(new Sdk("java", JavaClient.command()));
        List<Cell> cells;
        try (TrialHost host = new TrialHost(PROGRAM, directory)) {
            cells = Matrix.run(host, java, Way.values().length, cell -> Expectation.holds(cell, expected));
        }
        return cells.stream().map(cell -> dynamicTest(cell.way() + ", " + cell.trial(), () -> check(cell, expected)));
    }

    private static void check(Cell cell, List<Expectation> all) {
        assertThat(Expectation.holds(cell, all))
                .as("%s, expected %s", cell.outcome(), Expectation.of(cell, all).describe())
                .isTrue();
    }
}
