package io.mesosiam.agent.doctor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Finds containers whose SDK sends no request to the agent, because no variable configures it.
 *
 * <p>The kernel reads a process's environment from its memory, and the process can delay that without end, by a page of a
 * FUSE file system for example. So a thread of its own reads each, and the wait is bounded.
 *
 * @param limit for all containers together; one of them may take a fifth of it
 */
public record UriCheck(Path proc, String cgroupsRoot, Duration limit) implements Check {
    private static final Duration USUAL_LIMIT = Duration.ofSeconds(5);
    private static final int SHARE_OF_ONE = 5;
    private static final int SHOWN = 3;

    public UriCheck(Path proc, String cgroupsRoot) {
        this(proc, cgroupsRoot, USUAL_LIMIT);
    }

    @Override
    public List<Finding> findings() {
        try {
            return findings(ofTasks(TaskProcesses.find(proc, cgroupsRoot)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }

    /** Without containers that have others in them: those of a pod's executor, which has no task of its own. */
    private static SortedMap<String, Long> ofTasks(SortedMap<String, Long> processes) {
        SortedMap<String, Long> tasks = new TreeMap<>(processes);
        tasks.keySet().removeIf(id -> {
            String inside = id + "/";
            SortedMap<String, Long> after = processes.tailMap(inside);
            return !after.isEmpty() && after.firstKey().startsWith(inside);
        });
        return tasks;
    }

    private List<Finding> findings(SortedMap<String, Long> processes) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        List<String> without = new ArrayList<>();
        List<String> unread = new ArrayList<>();
        for (var process : processes.entrySet()) {
            try {
                if (!hasCredentialsUri(process.getValue(), end)) {
                    without.add(process.getKey());
                }
            } catch (TimeoutException e) {
                unread.add(process.getKey());
            }
        }
        List<Finding> findings = new ArrayList<>();
        findings.add(
                without.isEmpty()
                        ? Finding.ok(
                                "uri",
                                "all %d containers have a credentials URI".formatted(processes.size() - unread.size()))
                        : Finding.warning(
                                "uri",
                                "%d of %d containers have no credentials URI, such as %s"
                                        .formatted(without.size(), processes.size() - unread.size(), shown(without)),
                                "let the framework set AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/v2/credentials"));
        if (!unread.isEmpty()) {
            findings.add(
                    Finding.warning(
                            "uri",
                            "the environment of %d containers was not read within %d s, such as %s"
                                    .formatted(unread.size(), limit.toSeconds(), shown(unread)),
                            "a process delays those that read its memory, as a file system of its own can: look at the first one"));
        }
        return findings;
    }

    private static List<String> shown(List<String> containers) {
        return containers.stream().limit(SHOWN).toList();
    }

    private boolean hasCredentialsUri(long pid, long end) throws InterruptedException, TimeoutException {
        long left = Math.min(end - System.nanoTime(), limit.toNanos() / SHARE_OF_ONE);
        if (left <= 0) {
            throw new TimeoutException("no time left");
        }
        FutureTask<Boolean> read = new FutureTask<>(() -> hasCredentialsUri(pid));
        Thread.ofPlatform().name("environment").daemon().start(read);
        try {
            return read.get(left, TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    private boolean hasCredentialsUri(long pid) {
        try {
            var environment =
                    Files.readString(proc.resolve(Long.toString(pid)).resolve("environ"), StandardCharsets.ISO_8859_1);
            return ("\0" + environment).contains("\0AWS_CONTAINER_CREDENTIALS_");
        } catch (IOException e) {
            // the process has ended, so it needs no URI
            return true;
        }
    }
}
