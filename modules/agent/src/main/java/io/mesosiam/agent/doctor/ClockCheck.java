package io.mesosiam.agent.doctor;

import io.mesosiam.agent.redirect.Tool;
import java.util.List;

/** Is the clock kept right? SDKs sign with it, certificates and leases expire by it. */
public record ClockCheck() implements Check {
    private static final String CURE = "run chrony or systemd-timesyncd; on EC2 the time server is 169.254.169.123";

    @Override
    public List<Finding> findings() {
        return List.of(Tool.installed("timedatectl")
                .map(timedatectl -> timedatectl.run("", "show", "--property=NTPSynchronized", "--value"))
                .filter(Tool.Outcome::ok)
                .map(outcome -> finding(outcome.out().strip()))
                .orElseGet(() -> Finding.warning(
                        "clock", "whether it is kept right isn't known: timedatectl doesn't say", CURE)));
    }

    static Finding finding(String synchronised) {
        return synchronised.equals("yes")
                ? Finding.ok("clock", "the kernel says that it is synchronised")
                : Finding.warning("clock", "the kernel doesn't say that it is synchronised", CURE);
    }
}
