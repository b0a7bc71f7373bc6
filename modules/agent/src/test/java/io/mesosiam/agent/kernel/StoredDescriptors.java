package io.mesosiam.agent.kernel;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** What a service manager has stored and passes to the next process: without a service manager. */
public final class StoredDescriptors {
    /** More than the limit of a process. */
    private static final int NOT_OPEN = Integer.MAX_VALUE;

    private StoredDescriptors() {}

    /** A store with copies of these descriptors, which stay the caller's. */
    public static DescriptorStore copies(List<String> names, List<Integer> descriptors) throws IOException {
        TreeMap<String, List<Integer>> stored = new TreeMap<>();
        for (int i = 0; i < names.size(); i++) {
            List<Integer> one = new ArrayList<>(List.of(Libc.duplicate(descriptors.get(i))));
            stored.put(DescriptorStore.PREFIX + names.get(i), one);
        }
        return new DescriptorStore(Optional.empty(), stored);
    }

    /** The same, with a number that is no open descriptor for one of the names. */
    public static DescriptorStore copiesBut(String missing, List<String> names, List<Integer> descriptors)
            throws IOException {
        TreeMap<String, List<Integer>> stored = new TreeMap<>();
        for (int i = 0; i < names.size(); i++) {
            int number = names.get(i).equals(missing) ? NOT_OPEN : Libc.duplicate(descriptors.get(i));
            stored.put(DescriptorStore.PREFIX + names.get(i), new ArrayList<>(List.of(number)));
        }
        return new DescriptorStore(Optional.empty(), stored);
    }
}
