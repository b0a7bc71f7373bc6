package io.mesosiam.agent.sdk;

import io.mesosiam.agent.redirect.NetworkNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One container of a {@link TrialHost}: a cgroup, a network namespace, and the SDK's program in both. */
final class TrialContainer implements AutoCloseable {
    /** A program finds it in its working directory. */
    static final String TOKEN_FILE = "eks-pod-identity-token";

    private static final String ENTER = "echo $$ > \"$0\" && exec \"$@\"";

    private static final Pattern PACKETS = Pattern.compile("packets ([0-9]+)");

    /** The first bytes of the data of a packet, in ASCII. */
    private static final String GET = "@ih,0,24 0x474554";

    private static final String PUT = "@ih,0,24 0x505554";

    /**
     * "GET /m", as in /mesos-iam-doctor: the agent's doctor sends it from the container's network when the agent starts.
     * No SDK requests such a path.
     */
    private static final String NOT_DOCTOR = "@ih,0,48 != 0x474554202f6d";

    private final String id;
    private final NetworkNamespace network;
    private final Path group;
    private final Path home;
    private final List<SdkProcess> clients = new ArrayList<>();

    TrialContainer(String id, NetworkNamespace network, Path group, Path directory) throws IOException {
        this.id = id;
        this.network = network;
        this.group = group;
        this.home = Files.createDirectories(directory.resolve(id));
        Files.writeString(home.resolve(TOKEN_FILE), "whatever-the-webhook-puts-here");
        network.sh("""
                nft add table inet trial
                nft add counter inet trial asks
                nft 'add chain inet trial out { type filter hook output priority 0; }'
                nft 'add rule inet trial out tcp dport 80 %s %s counter name asks'
                nft add rule inet trial out tcp dport 80 %s counter name asks
                """.formatted(GET, NOT_DOCTOR, PUT));
    }

    String id() {
        return id;
    }

    /** Drops requests for an instance metadata token, as if the hop limit were too low for containers. */
    void loseTokenRequests() {
        network.sh("nft insert rule inet trial out tcp dport 80 %s drop".formatted(PUT));
    }

    /** Number of requests of the SDK so far. The log of the agent is not usable, since it suppresses repeated lines. */
    int asks() {
        String counter = network.sh("nft list counter inet trial asks");
        Matcher packets = PACKETS.matcher(counter);
        if (!packets.find()) {
            throw new IllegalStateException(counter);
        }
        return Integer.parseInt(packets.group(1));
    }

    /**
     * Starts the program of an SDK, which is in the container from its first instruction on and has only this
     * environment.
     */
    SdkProcess start(List<String> command, Map<String, String> environment) throws IOException {
        List<String> entering = new ArrayList<>(
                List.of("/bin/sh", "-c", ENTER, group.resolve("cgroup.procs").toString()));
        entering.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(entering)
                .directory(home.toFile())
                .redirectError(home.resolve("errors.log").toFile());
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        builder.environment().put("HOME", home.toString());
        builder.environment().putAll(environment);
        SdkProcess client = new SdkProcess(network.in(builder::start));
        clients.add(client);
        return client;
    }

    @Override
    public void close() {
        clients.forEach(SdkProcess::close);
        network.close();
    }
}
