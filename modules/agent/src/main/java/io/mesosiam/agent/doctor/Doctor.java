package io.mesosiam.agent.doctor;

import io.mesosiam.agent.doctor.Finding.Level;
import java.io.PrintStream;
import java.util.List;
import java.util.stream.Stream;

/** Runs all checks one after the other, always in the same order. */
public record Doctor(List<Check> checks) {
    public Doctor {
        checks = List.copyOf(checks);
    }

    /** The findings of all checks. A check that throws is a finding, and the following checks run. */
    public List<Finding> findings() {
        return checks.stream().flatMap(Doctor::attempt).toList();
    }

    /**
     * Prints every finding.
     *
     * @return the exit code: 0 all is well, 1 warnings, 2 failures
     */
    public int report(PrintStream out) {
        var findings = findings();
        findings.forEach(out::println);
        return findings.stream()
                .map(Finding::level)
                .max(Level::compareTo)
                .map(Level::ordinal)
                .orElse(0);
    }

    private static Stream<Finding> attempt(Check check) {
        try {
            return check.findings().stream();
        } catch (RuntimeException e) {
            return Stream.of(Finding.warning(
                    "doctor",
                    "check failed: " + e.getMessage(),
                    "run it as the agent runs: same user, same namespaces"));
        }
    }
}
