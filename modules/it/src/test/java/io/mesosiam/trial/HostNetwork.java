package io.mesosiam.trial;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A network namespace in which agents run, with a link to this one, on which packets can be dropped. Requires root, {@code ip} and {@code nft}. */
final class HostNetwork implements AutoCloseable {
    static final String CONTROLLERS = "10.213.77.1";

    private static final String AGENTS = "10.213.77.2";

    private final String name = "mit" + ProcessHandle.current().pid();

    HostNetwork() throws IOException {
        Commands.run("ip", "netns", "add", name);
        Commands.run("ip", "link", "add", name + "a", "type", "veth", "peer", "name", name + "b", "netns", name);
        Commands.run("ip", "address", "add", CONTROLLERS + "/30", "dev", name + "a");
        Commands.run("ip", "link", "set", name + "a", "up");
        inside("ip", "address", "add", AGENTS + "/30", "dev", name + "b");
        inside("ip", "link", "set", name + "b", "up");
        inside("ip", "link", "set", "lo", "up");
    }

    /** A command that enters the namespace, before the command that then runs there. */
    List<String> through() {
        return List.of("nsenter", "--net=/run/netns/" + name);
    }

    /** Drops what agents send to controllers. */
    void dropToControllers() throws IOException {
        drop("output", "ip daddr " + CONTROLLERS);
    }

    /** Drops what controllers send to agents. */
    void dropToAgents() throws IOException {
        drop("input", "ip saddr " + CONTROLLERS);
    }

    private void drop(String hook, String packets) throws IOException {
        inside(
                "nft",
                "table inet trial { chain " + hook + " { type filter hook " + hook + " priority 0; " + packets
                        + " drop; }; }");
    }

    /** Drops nothing more. */
    void repair() throws IOException {
        inside("nft", "delete table inet trial");
    }

    private void inside(String... command) throws IOException {
        List<String> all = new ArrayList<>(through());
        all.addAll(List.of(command));
        Commands.run(all);
    }

    @Override
    public void close() throws IOException {
        Commands.run("ip", "link", "delete", name + "a");
        Commands.run("ip", "netns", "delete", name);
    }
}
