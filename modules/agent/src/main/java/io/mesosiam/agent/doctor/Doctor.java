package io.mesosiam.agent.doctor;

import io.mesosiam.agent.doctor.Finding.Level;
import java.io.PrintStream;
import java.util.List;
import java.util.stream.Stream;

/** Runs all checks, one after the other, in an order that doesn't change. */
public record Doctor(List<Check> checks) {
    public Doctor {
        checks = List.copyOf(checks);
    }

    /** What all checks found. A check that breaks down is a finding, and keeps no other from its turn. */
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
                    "could not look: " + e.getMessage(),
                    "run it as the agent runs: same user, same namespaces"));
        }
    }
}
