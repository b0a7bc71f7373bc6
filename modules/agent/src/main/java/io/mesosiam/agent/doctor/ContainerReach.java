package io.mesosiam.agent.doctor;

import io.mesosiam.agent.kernel.Libc;
import io.mesosiam.agent.local.HostMetadata;
import io.mesosiam.agent.redirect.ServedAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Which program answers containers at the addresses of the instance metadata service. It sends requests from the network of
 * each container that has its own, since packets may bypass installed rules.
 */
record ContainerReach(Path proc, String cgroupsRoot) {
    private static final int WAIT_MILLIS = 1000;

    /** The most networks that are tried. The containers of one network give the same result. */
    private static final int MAX_TRIED = 16;

    /** The program that answers. */
    sealed interface Answer {
        record Nothing() implements Answer {}

        record Agent() implements Answer {}

        record OtherProgram() implements Answer {}

        /** The container's network could not be entered. */
        record NotTried(String reason) implements Answer {}
    }

    /** What one container gets at one address. */
    record Tried(String container, String address, Answer answer) {}

    /**
     * Tries all.
     *
     * @param leftOut number of networks that were not tried
     */
    record Result(List<Tried> tried, int leftOut) {}

    Result tried() throws IOException {
        List<Tried> tried = new ArrayList<>();
        Set<Path> networks = new HashSet<>(Set.of(network("self")));
        int leftOut = 0;
        for (Map.Entry<String, Long> process :
                TaskProcesses.find(proc, cgroupsRoot).entrySet()) {
            String pid = Long.toString(process.getValue());
            if (networks.add(network(pid))) {
                if (networks.size() > MAX_TRIED + 1) {
                    leftOut++;
                } else {
                    tried.addAll(from(process.getKey(), proc.resolve(pid).resolve("ns/net")));
                }
            }
        }
        return new Result(tried, leftOut);
    }

    private Path network(String process) throws IOException {
        return Files.readSymbolicLink(proc.resolve(process).resolve("ns/net"));
    }

    private static List<Tried> from(String container, Path network) {
        // a thread that has entered a container's namespace is never reused
        FutureTask<List<Tried>> attempt = new FutureTask<>(() -> {
            int descriptor = Libc.open(network.toString());
            try {
                Libc.enterNetworkNamespace(descriptor);
            } finally {
                Libc.close(descriptor);
            }
            return HostMetadata.ADDRESSES.stream()
                    .map(address -> new Tried(
                            container, address, answer(ReachRequest.send(address, ServedAddress.PORT, WAIT_MILLIS))))
                    .toList();
        });
        Thread.ofPlatform().name("mesos-iam-reach").daemon().start(attempt);
        try {
            return attempt.get();
        } catch (ExecutionException e) {
            return List.of(new Tried(
                    container, HostMetadata.ADDRESSES.getFirst(), new Answer.NotTried(String.valueOf(e.getCause()))));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of(new Tried(container, HostMetadata.ADDRESSES.getFirst(), new Answer.NotTried("interrupted")));
        }
    }

    /** @param text empty for none */
    static Answer answer(String text) {
        if (text.isEmpty()) {
            return new Answer.Nothing();
        }
        return ReachRequest.isAgents(text) ? new Answer.Agent() : new Answer.OtherProgram();
    }
}
