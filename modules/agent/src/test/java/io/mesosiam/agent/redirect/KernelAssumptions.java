package io.mesosiam.agent.redirect;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;

/** The requirements of tests on a real kernel. If one is missing, the tests are skipped with the reason. */
public final class KernelAssumptions {
    private static final String MISSING = missing();

    private KernelAssumptions() {}

    public static void canMakeNamespaces() {
        if (!MISSING.isEmpty()) {
            System.out.println("SKIPPED: packet filter rules on a real kernel: " + MISSING);
        }
        assumeTrue(MISSING.isEmpty(), MISSING);
    }

    /** The missing requirement; empty if there is none. */
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
