package io.mesosiam.agent.kernel;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The descriptors that the service manager passes to a process of the service (sd_listen_fds(3)): its listening socket,
 * and those that an earlier process had it store.
 *
 * @param sockets those that are not of the store
 * @param store what was stored, and where more can be
 */
public record PassedDescriptors(List<Integer> sockets, DescriptorStore store) {
    private static final int FIRST_DESCRIPTOR = 3;

    /**
     * Those that this process was passed. None has been used yet.
     *
     * @param environment the process's environment
     * @throws IOException if the environment contradicts itself
     */
    public static PassedDescriptors receive(Function<String, @Nullable String> environment) throws IOException {
        Optional<SystemdNotify> manager = SystemdNotify.fromEnvironment(environment);
        String pid = environment.apply("LISTEN_PID");
        List<Integer> sockets = new ArrayList<>();
        TreeMap<String, List<Integer>> stored = new TreeMap<>();
        if (pid != null && pid.equals(Long.toString(ProcessHandle.current().pid()))) {
            List<String> names = names(environment);
            for (int i = 0; i < names.size(); i++) {
                String name = names.get(i);
                List<Integer> kind = name.startsWith(DescriptorStore.PREFIX)
                        ? stored.computeIfAbsent(name, _ -> new ArrayList<>())
                        : sockets;
                kind.add(FIRST_DESCRIPTOR + i);
            }
        }
        return new PassedDescriptors(sockets, new DescriptorStore(manager, stored));
    }

    /** The name of each descriptor; empty for one without a name, as older service managers pass them. */
    private static List<String> names(Function<String, @Nullable String> environment) throws IOException {
        String number = environment.apply("LISTEN_FDS");
        String names = environment.apply("LISTEN_FDNAMES");
        if (number == null || !number.matches("[1-9][0-9]{0,2}")) {
            throw new IOException("one socket has to be passed, LISTEN_FDS is " + number);
        }
        int count = Integer.parseInt(number);
        List<String> all = names == null ? Collections.nCopies(count, "") : List.of(names.split(":", -1));
        if (all.size() != count) {
            throw new IOException("LISTEN_FDS is " + number + ", LISTEN_FDNAMES is " + names);
        }
        return all;
    }

    /**
     * The listening socket.
     *
     * @return empty if none was passed
     * @throws IOException if it is anything but one listening TCP socket
     */
    public Optional<ActivatedSocket> socket() throws IOException {
        if (sockets.isEmpty()) {
            return Optional.empty();
        }
        if (sockets.size() > 1) {
            throw new IOException("one socket has to be passed, not " + sockets.size());
        }
        try {
            return Optional.of(ActivatedSocket.of(sockets.getFirst()));
        } catch (LinkageError e) {
            throw new IOException("a socket was passed, but foreign functions aren't available", e);
        }
    }
}
