package io.mesosiam.agent.attest;

import io.mesosiam.agent.kernel.DescriptorScan;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Looks for one socket among the descriptors of processes, one after the other: by the kernel's own calls, or by the JDK's where those
 * aren't to be had. Costs some 1 µs for each descriptor and some 5 µs for each process. Not for use by two threads.
 */
final class DescriptorSearch implements AutoCloseable {
    /** A process may open a million descriptors just to keep others waiting. */
    private static final int MAX_DESCRIPTORS = 16_384;

    private final Path proc;
    private final String link;
    private final Optional<DescriptorScan> scan;

    DescriptorSearch(Path proc, String link, Optional<DescriptorScan> scan) {
        this.proc = proc;
        this.link = link;
        this.scan = scan;
    }

    /**
     * Whether one of a process's descriptors is the socket.
     *
     * @throws TooManyDescriptors if it has so many that looking through all of them would keep others waiting
     */
    boolean isHeldBy(long pid) throws TooManyDescriptors {
        try {
            return scan.isPresent() ? scanned(scan.get(), pid) : listed(pid);
        } catch (IOException | DirectoryIteratorException ended) {
            return false;
        }
    }

    private boolean scanned(DescriptorScan kernel, long pid) throws IOException, TooManyDescriptors {
        return switch (kernel.find(proc + "/" + pid + "/fd", MAX_DESCRIPTORS)) {
            case FOUND -> true;
            case ABSENT -> false;
            case TOO_MANY -> throw new TooManyDescriptors(pid);
        };
    }

    private boolean listed(long pid) throws IOException, TooManyDescriptors {
        int looked = 0;
        try (DirectoryStream<Path> descriptors =
                Files.newDirectoryStream(proc.resolve(Long.toString(pid)).resolve("fd"))) {
            for (Path descriptor : descriptors) {
                if (++looked > MAX_DESCRIPTORS) {
                    throw new TooManyDescriptors(pid);
                }
                if (isTarget(descriptor)) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean isTarget(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().equals(link);
        } catch (IOException closed) {
            return false;
        }
    }

    @Override
    public void close() {
        scan.ifPresent(DescriptorScan::close);
    }

    /** A process has too many descriptors open to look through all of them. */
    static final class TooManyDescriptors extends Exception {
        private static final long serialVersionUID = 1L;

        TooManyDescriptors(long pid) {
            super("process " + pid + " has more than " + MAX_DESCRIPTORS + " descriptors open", null, false, false);
        }
    }
}
