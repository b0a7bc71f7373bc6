package io.mesosiam.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An agent's log, while the agent writes it. */
record LogFile(Path path) {
    String text() throws IOException {
        return Files.readString(path);
    }

    /**
     * Waits for a text in it.
     *
     * @param written whether the log is still being written
     * @return its position; empty if it did not appear in time
     */
    Optional<MatchResult> await(Pattern wanted, Duration await, BooleanSupplier written)
            throws IOException, InterruptedException {
        try (WatchService changes = path.getFileSystem().newWatchService()) {
            var ignored = path.getParent().register(changes, StandardWatchEventKinds.ENTRY_MODIFY);
            long end = System.nanoTime() + await.toNanos();
            while (System.nanoTime() < end && written.getAsBoolean()) {
                Matcher found = wanted.matcher(text());
                if (found.find()) {
                    return Optional.of(found.toMatchResult());
                }
                var key = changes.poll(1, TimeUnit.SECONDS);
                if (key != null) {
                    key.pollEvents();
                    key.reset();
                }
            }
        }
        return Optional.empty();
    }
}
