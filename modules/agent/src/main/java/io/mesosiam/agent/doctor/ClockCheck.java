package io.mesosiam.agent.doctor;

import io.mesosiam.agent.redirect.Tool;
import java.util.List;

/** Checks whether the clock is synchronised. SDKs sign with it, and certificates and leases expire by it. */
public record ClockCheck(Place place) implements Check {
    @Override
    public List<Finding> findings() {
        return List.of(Tool.installed("timedatectl")
                .map(timedatectl -> timedatectl.run("", "show", "--property=NTPSynchronized", "--value"))
                .filter(Tool.Outcome::ok)
                .map(outcome -> finding(outcome.out().strip(), place))
                .orElseGet(() -> Finding.warning(
                        "clock",
                        "not known whether it is synchronised: timedatectl gives no answer",
                        place.cure("", "run timedatectl on the host; if it isn't synchronised, ") + cure(place))));
    }

    private static String cure(Place place) {
        return "run chrony or systemd-timesyncd" + place.cure("", " on the host")
                + "; on EC2 the time server is 169.254.169.123";
    }

    static Finding finding(String synchronised, Place place) {
        return synchronised.equals("yes")
                ? Finding.ok("clock", "the kernel reports that it is synchronised")
                : Finding.warning("clock", "the kernel does not report that it is synchronised", cure(place));
    }
}
