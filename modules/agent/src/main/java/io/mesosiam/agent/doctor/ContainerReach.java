package io.mesosiam.agent.doctor;

import io.mesosiam.agent.cgroup.ContainerPath;
import io.mesosiam.agent.kernel.Libc;
import io.mesosiam.agent.local.HostMetadata;
import io.mesosiam.agent.redirect.ServedAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
        List<Network> networks = networks();
        List<Tried> tried = new ArrayList<>();
        for (Network network : networks.subList(0, Math.min(MAX_TRIED, networks.size()))) {
            // the requests before it take seconds
            if (identity(network.link()).equals(Optional.of(network.identity()))) {
                tried.addAll(from(network.container(), network.link()));
            }
        }
        return new Result(tried, Math.max(0, networks.size() - MAX_TRIED));
    }

    /**
     * One of the networks of a container.
     *
     * @param identity what the link said when the networks were listed
     * @param before how many others of the same outermost container precede it
     */
    private record Network(String container, Path link, Path identity, int before) {}

    /** The networks, without the agent's own: one of each outermost container first, then a second one of each, and so on. */
    private List<Network> networks() throws IOException {
        Set<Path> known = new HashSet<>(Set.of(Files.readSymbolicLink(network("self"))));
        Map<String, Integer> ofOutermost = new HashMap<>();
        List<Network> networks = new ArrayList<>();
        for (Map.Entry<String, Long> process :
                TaskProcesses.find(proc, cgroupsRoot).entrySet()) {
            Path link = network(Long.toString(process.getValue()));
            Optional<Path> identity = identity(link).filter(known::add);
            if (identity.isPresent()) {
                int count = ofOutermost.merge(ContainerPath.outermost(process.getKey()), 1, Integer::sum);
                networks.add(new Network(process.getKey(), link, identity.get(), count - 1));
            }
        }
        networks.sort(Comparator.comparingInt(Network::before));
        return networks;
    }

    private Path network(String process) {
        return proc.resolve(process).resolve("ns/net");
    }

    /** Empty if the process has ended since it was listed. */
    private static Optional<Path> identity(Path network) throws IOException {
        try {
            return Optional.of(Files.readSymbolicLink(network));
        } catch (NoSuchFileException ended) {
            return Optional.empty();
        } catch (IOException e) {
            if (Files.exists(network, LinkOption.NOFOLLOW_LINKS)) {
                throw e;
            }
            return Optional.empty();
        }
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
