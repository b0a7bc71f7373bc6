package io.mesosiam.agent.kernel;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Descriptors that the service manager keeps while the service restarts, and passes to its next process (sd_notify(3),
 * {@code FDSTORE}). systemd takes as many as the unit's {@code FileDescriptorStoreMax} says, without an answer, and drops
 * them when the unit is stopped. Not thread-safe.
 */
public final class DescriptorStore {
    /** Distinguishes what is stored from the listening socket, which has the name of its unit. */
    static final String PREFIX = "stored-";

    private final Optional<SystemdNotify> manager;
    private final Map<String, List<Integer>> passed;

    /** @param passed the descriptors that this process was passed, by their names, which begin with {@link #PREFIX} */
    DescriptorStore(Optional<SystemdNotify> manager, Map<String, List<Integer>> passed) {
        this.manager = manager;
        this.passed = passed;
    }

    /** The store of a process that no service manager has started: nothing was stored, and nothing can be. */
    public static DescriptorStore none() {
        return new DescriptorStore(Optional.empty(), Map.of());
    }

    /**
     * The part of the store with the names that begin with this one and a hyphen. Parts don't know of each other, so that
     * each is continued or begun anew by itself.
     */
    public DescriptorStore part(String name) {
        Map<String, List<Integer>> own = new HashMap<>(passed);
        own.keySet().removeIf(each -> !each.startsWith(PREFIX + name + '-'));
        return new DescriptorStore(manager, own);
    }

    /**
     * What an earlier process stored: the descriptors with these names, in this order. They are the caller's then.
     *
     * @return empty if nothing was stored
     * @throws IOException if anything else was stored than one descriptor for each name; then all are closed
     */
    public List<Integer> take(List<String> names) throws IOException {
        List<Integer> own = new ArrayList<>();
        for (List<Integer> each : passed.values()) {
            each.replaceAll(DescriptorStore::notInherited);
            own.addAll(each);
        }
        if (own.isEmpty()) {
            return own;
        }
        List<Integer> taken = names.stream()
                .map(name -> passed.getOrDefault(PREFIX + name, List.of()))
                .filter(each -> each.size() == 1)
                .map(List::getFirst)
                .toList();
        if (taken.size() != names.size() || own.size() != names.size()) {
            own.forEach(Libc::close);
            throw new IOException("the service manager stored " + passed.keySet());
        }
        return taken;
    }

    /** All that an earlier process stored. They are the caller's then. */
    public List<Integer> takeAll() {
        return passed.values().stream()
                .flatMap(List::stream)
                .map(DescriptorStore::notInherited)
                .toList();
    }

    /** Programs that this process starts don't get a passed descriptor. */
    private static int notInherited(int descriptor) {
        try {
            int own = Libc.duplicate(descriptor);
            Libc.close(descriptor);
            return own;
        } catch (IOException e) {
            return descriptor; // no descriptor is free: what is stored is still used
        }
    }

    /**
     * Has the service manager forget what was passed to this process.
     *
     * @throws IOException if it can't be notified
     */
    public void forget() throws IOException {
        if (manager.isPresent()) {
            for (String name : passed.keySet()) {
                manager.get().forget(name);
            }
        }
    }

    /**
     * Has the service manager keep a descriptor for the next process.
     *
     * @throws IOException if it can't be notified
     */
    public void keep(String name, int descriptor) throws IOException {
        if (manager.isPresent()) {
            manager.get().keep(PREFIX + name, descriptor);
        }
    }
}
