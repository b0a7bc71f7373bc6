package io.mesosiam.agent.redirect;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;

/** What the tests on a real kernel need of it; where something is missing they are skipped, and say so. */
public final class KernelAssumptions {
    private static final String MISSING = missing();

    private KernelAssumptions() {}

    public static void canMakeNamespaces() {
        if (!MISSING.isEmpty()) {
            System.out.println("SKIPPED: packet filter rules on a real kernel: " + MISSING);
        }
        assumeTrue(MISSING.isEmpty(), MISSING);
    }

    /** What is missing here; empty if nothing is. */
    public static String missing() {
        if (!"root".equals(System.getProperty("user.name"))) {
            return "not root";
        }
        for (var program : new String[] {"nft", "iptables", "ip6tables", "ip", "sysctl", "setpriv", "bash"}) {
            if (Tool.installed(program).isEmpty()) {
                return program + " is not installed";
            }
        }
        if (!NetworkNamespace.possible()) {
            return "no permission to make a network namespace";
        }
        if (!Files.isWritable(Lab.cgroup2().resolve("cgroup.procs"))) {
            return "no writable cgroup v2";
        }
        return "";
    }
}
