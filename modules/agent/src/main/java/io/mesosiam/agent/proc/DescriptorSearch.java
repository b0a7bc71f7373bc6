package io.mesosiam.agent.proc;

import io.mesosiam.agent.kernel.DescriptorScan;
import io.mesosiam.pause.Deadline;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.LongPredicate;

/**
 * Searches the descriptors of processes for one socket, one process after the other: with system calls, or with the
 * JDK's file API if those are not available. Costs about 1 µs per descriptor and 5 µs per process. The deadline is
 * checked before each process. Not thread-safe.
 */
public final class DescriptorSearch implements AutoCloseable {
    /**
     * The most descriptors that are searched in one process. A process may open a million descriptors to delay others.
     */
    private static final int MAX_DESCRIPTORS = 16_384;

    private final LivingThreads threads;
    private final String link;
    private final Optional<DescriptorScan> scan;
    private final Deadline deadline;

    DescriptorSearch(LivingThreads threads, String link, Optional<DescriptorScan> scan, Deadline deadline) {
        this.deadline = deadline;
        this.threads = threads;
        this.link = link;
        this.scan = scan;
    }

    /** The result of a search in one process. */
    public sealed interface Result {
        /** The process holds the socket, first by this descriptor. */
        record Held(int descriptor) implements Result {}

        record NotHeld() implements Result {}

        /** No living thread of the process has been found yet. */
        record NotKnown() implements Result {}
    }

    /**
     * Searches one process.
     *
     * @throws TooManyDescriptors if the process has so many that a complete search would delay others
     * @throws OutOfTime if the deadline is over
     */
    public Result in(long pid) throws TooManyDescriptors, OutOfTime {
        if (deadline.isOver()) {
            throw new OutOfTime();
        }
        return switch (threads.read(pid, this::find)) {
            case LivingThreads.Fact.Known<DescriptorScan.Outcome>(DescriptorScan.Outcome outcome) ->
                result(pid, outcome);
            case LivingThreads.Fact.Absent<DescriptorScan.Outcome> _ -> new Result.NotHeld();
            case LivingThreads.Fact.NotKnown<DescriptorScan.Outcome> _ -> new Result.NotKnown();
        };
    }

    /**
     * Searches one process. A process that can't have created the socket counts as no holder if it has too many
     * descriptors to search, so that it can't prevent the attestation of others.
     *
     * @param isPossibleCreator whether the process with a pid can have created the socket
     * @throws TooManyDescriptors if a possible creator has so many that a complete search would delay others
     * @throws OutOfTime if the deadline is over
     */
    public Result in(long pid, LongPredicate isPossibleCreator) throws TooManyDescriptors, OutOfTime {
        try {
            return in(pid);
        } catch (TooManyDescriptors e) {
            if (isPossibleCreator.test(pid)) {
                throw e;
            }
            return new Result.NotHeld();
        }
    }

    private static Result result(long pid, DescriptorScan.Outcome outcome) throws TooManyDescriptors {
        return switch (outcome) {
            case DescriptorScan.Outcome.Found(int descriptor) -> new Result.Held(descriptor);
            case DescriptorScan.Outcome.Absent _, DescriptorScan.Outcome.Empty _ -> new Result.NotHeld();
            case DescriptorScan.Outcome.TooMany _ -> throw new TooManyDescriptors(pid);
        };
    }

    /** Searches the descriptors of one thread. Empty if it has none: the kernel closes them when a thread ends. */
    private Optional<DescriptorScan.Outcome> find(Path thread) {
        Path descriptors = thread.resolve("fd");
        try {
            return Optional.of(
                            scan.isPresent()
                                    ? scan.get().find(descriptors.toString(), MAX_DESCRIPTORS)
                                    : listed(descriptors))
                    .filter(outcome -> !(outcome instanceof DescriptorScan.Outcome.Empty));
        } catch (IOException | DirectoryIteratorException ended) {
            return Optional.empty();
        }
    }

    private DescriptorScan.Outcome listed(Path directory) throws IOException {
        int looked = 0;
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(directory)) {
            for (Path descriptor : descriptors) {
                if (++looked > MAX_DESCRIPTORS) {
                    return new DescriptorScan.Outcome.TooMany();
                }
                if (isTarget(descriptor)) {
                    return new DescriptorScan.Outcome.Found(
                            Integer.parseInt(descriptor.getFileName().toString()));
                }
            }
        }
        return looked == 0 ? new DescriptorScan.Outcome.Empty() : new DescriptorScan.Outcome.Absent();
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

    /** The search was not completed, so it is not known which processes hold the socket. */
    public abstract static sealed class Incomplete extends Exception {
        private static final long serialVersionUID = 1L;

        Incomplete(String message) {
            super(message, null, false, false);
        }
    }

    /** A process has too many open descriptors for a complete search. */
    static final class TooManyDescriptors extends Incomplete {
        private static final long serialVersionUID = 1L;

        TooManyDescriptors(long pid) {
            super("process " + pid + " has more than " + MAX_DESCRIPTORS + " descriptors open");
        }
    }

    /** A container has too many processes for a complete search. */
    public static final class TooManyProcesses extends Incomplete {
        private static final long serialVersionUID = 1L;

        public TooManyProcesses(String containerId, int most) {
            super("container " + containerId + " has more than " + most + " processes");
        }
    }

    /** The deadline came before all processes were searched. */
    public static final class OutOfTime extends Incomplete {
        private static final long serialVersionUID = 1L;

        OutOfTime() {
            super("not all processes that may hold the caller's socket were searched in time");
        }
    }
}
