package io.mesosiam.agent.doctor;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Checks whether the kernel answers queries for sockets while another one waits for a socket's lock. Before Linux 6.9 it
 * answers one query of the host at a time.
 *
 * @param release as uname(2) reports it, such as {@code 6.1.0-18-amd64}
 */
public record KernelCheck(String release) implements Check {
    private static final Pattern VERSION = Pattern.compile("([0-9]{1,4})\\.([0-9]{1,4})([^0-9].*)?");
    private static final int MAJOR = 6;
    private static final int MINOR = 9;

    @Override
    public List<Finding> findings() {
        Matcher version = VERSION.matcher(release);
        if (!version.matches()) {
            return List.of();
        }
        int major = Integer.parseInt(version.group(1));
        int minor = Integer.parseInt(version.group(2));
        String name = "Linux " + release;
        return List.of(
                major < MAJOR || (major == MAJOR && minor < MINOR)
                        ? Finding.ok(
                                "kernel",
                                name
                                        + ", before 6.9: a container can keep the kernel from answering queries for sockets,"
                                        + " and with them all requests of this host; see docs/attestation.md")
                        : Finding.ok("kernel", name));
    }
}
