package io.mesosiam.agent.doctor;

import io.mesosiam.agent.redirect.Tool;
import java.util.List;

/** Checks whether the clock is synchronised. SDKs sign with it, and certificates and leases expire by it. */
public record ClockCheck() implements Check {
    private static final String CURE = "run chrony or systemd-timesyncd; on EC2 the time server is 169.254.169.123";

    @Override
    public List<Finding> findings() {
        return List.of(Tool.installed("timedatectl")
                .map(timedatectl -> timedatectl.run("", "show", "--property=NTPSynchronized", "--value"))
                .filter(Tool.Outcome::ok)
                .map(outcome -> finding(outcome.out().strip()))
                .orElseGet(() -> Finding.warning(
                        "clock", "not known whether it is synchronised: timedatectl gives no answer", CURE)));
    }

    static Finding finding(String synchronised) {
        return synchronised.equals("yes")
                ? Finding.ok("clock", "the kernel reports that it is synchronised")
                : Finding.warning("clock", "the kernel does not report that it is synchronised", CURE);
    }
}
