package io.mesosiam.mesos.json;

import io.mesosiam.mesos.ClusterState.Leader;
import io.mesosiam.mesos.model.ClusterEvent;
import io.mesosiam.mesos.model.Snapshot;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Responses and streams recorded from Mesos 1.12. The test resources contain those that the tests need. If the system
 * property {@code mesos.recordings} names the complete directory, the same tests use all of it.
 */
public final class Recordings {
    static final Path ROOT = Optional.ofNullable(System.getProperty("mesos.recordings"))
            .map(Path::of)
            .orElseGet(Recordings::amongTheResources);

    private Recordings() {}

    static Stream<Path> files() {
        try (Stream<Path> all = Files.walk(ROOT)) {
            return all.filter(Files::isRegularFile).sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String name(Path file) {
        return ROOT.relativize(file).toString();
    }

    static byte[] bytes(String name) {
        try {
            return Files.readAllBytes(ROOT.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Snapshot state(String name) {
        return read(name, new SnapshotReader()::read);
    }

    /** Reads one document, and fails the test if it can't be read. */
    public static <T> T read(String name, MasterJson.Reader<T> reader) {
        return read(name, new ByteArrayInputStream(bytes(name)), reader);
    }

    public static <T> T read(String name, InputStream in, MasterJson.Reader<T> reader) {
        try {
            return MasterJson.document(name, in, reader);
        } catch (IOException e) {
            throw new AssertionError(name, e);
        }
    }

    /** The records of an operator stream; the first becomes SUBSCRIBED of {@code leader}. */
    static List<ClusterEvent> stream(String name, Leader leader) {
        List<ClusterEvent> events = new ArrayList<>();
        RecordIO records = new RecordIO(new ByteArrayInputStream(bytes(name)));
        EventReader reader = new EventReader();
        try {
            for (var one = records.next(1 << 24); one.isPresent(); one = records.next(1 << 24)) {
                events.add(
                        events.isEmpty()
                                ? new ClusterEvent.Subscribed(
                                        leader,
                                        read(name, one.get(), Subscription::read)
                                                .snapshot())
                                : read(name, one.get(), reader::event));
            }
        } catch (IOException e) {
            throw new AssertionError(name, e);
        }
        return events;
    }

    private static Path amongTheResources() {
        URL origin = Objects.requireNonNull(Recordings.class.getResource("/mesos/ORIGIN.md"));
        return Path.of(URI.create(origin.toString())).getParent();
    }
}
