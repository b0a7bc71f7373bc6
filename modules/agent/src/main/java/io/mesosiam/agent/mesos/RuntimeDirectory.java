package io.mesosiam.agent.mesos;

import io.mesosiam.agent.cgroup.ContainerPath;
import io.mesosiam.agent.local.RootOwnedPath;
import io.mesosiam.channel.wire.Executor;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * The Mesos agent's {@code --runtime_dir}, which remains while it is down: {@code containers/ID/pid} and, below the
 * container around it, {@code containers/ID/containers/CHILD/pid}; a standalone container has a
 * {@code standalone.marker} (src/slave/containerizer/mesos/paths.hpp of Mesos). Read only if no other user than root
 * can have written it.
 */
public record RuntimeDirectory(Path path) {
    private static final String CONTAINERS = "containers";
    private static final String PID = "pid";
    private static final String STANDALONE = "standalone.marker";
    private static final String CONFIG = "config";

    /** Far more than one host runs. */
    private static final int MAX_CONTAINERS = 20_000;

    private static final int MAX_PID_FILE = 32;

    private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,9}");

    /** The reason why it is not used; empty if it is. */
    public Optional<String> problem() {
        return RootOwnedPath.problem(path);
    }

    /**
     * All containers, whether or not their first process is alive.
     *
     * @throws IOException if the directory is not root's, or can't be read
     */
    public List<MesosContainer> containers() throws IOException {
        List<MesosContainer> found = new ArrayList<>();
        collect(checked(), "", 1, found);
        return found;
    }

    /**
     * Whether the container was launched for no framework.
     *
     * @param id of a container that is not nested
     * @throws IOException if the directory is not root's
     */
    public boolean isStandalone(String id) throws IOException {
        return ContainerPath.isSegment(id) && isMarked(checked().resolve(id));
    }

    /**
     * The executor that the container was launched for; empty if Mesos doesn't know the container, or launched it for none.
     *
     * @param id of a container that is not nested
     * @throws IOException if the directory is not root's, or what it has of the container can't be read
     */
    Optional<Executor> executor(String id) throws IOException {
        if (!ContainerPath.isSegment(id)) {
            return Optional.empty();
        }
        Path config = checked().resolve(id).resolve(CONFIG);
        try (InputStream in = new BufferedInputStream(Files.newInputStream(config, LinkOption.NOFOLLOW_LINKS))) {
            return CheckpointedExecutor.of(in);
        } catch (NoSuchFileException none) {
            return Optional.empty();
        }
    }

    private Path checked() throws IOException {
        return RootOwnedPath.check(path).path().resolve(CONTAINERS);
    }

    private static void collect(Path directory, String parent, int depth, List<MesosContainer> found)
            throws IOException {
        if (depth > ContainerPath.MAX_DEPTH) {
            return;
        }
        for (Path child : children(directory)) {
            String name = child.getFileName().toString();
            if (found.size() >= MAX_CONTAINERS) {
                return;
            }
            if (ContainerPath.isSegment(name)) {
                String id = parent.isEmpty() ? name : parent + "/" + name;
                found.add(container(id, child, depth == 1));
                collect(child.resolve(CONTAINERS), id, depth + 1, found);
            }
        }
    }

    private static MesosContainer container(String id, Path directory, boolean outermost) {
        Path pid = directory.resolve(PID);
        try (InputStream in = Files.newInputStream(pid, LinkOption.NOFOLLOW_LINKS)) {
            String text = new String(in.readNBytes(MAX_PID_FILE), StandardCharsets.US_ASCII).strip();
            Instant recorded =
                    Files.getLastModifiedTime(pid, LinkOption.NOFOLLOW_LINKS).toInstant();
            return new MesosContainer(
                    id,
                    NUMBER.matcher(text).matches() ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty(),
                    Optional.of(recorded),
                    outermost && isMarked(directory));
        } catch (IOException noneYet) {
            return new MesosContainer(id, OptionalLong.empty(), Optional.empty(), outermost && isMarked(directory));
        }
    }

    private static boolean isMarked(Path directory) {
        return Files.exists(directory.resolve(STANDALONE), LinkOption.NOFOLLOW_LINKS);
    }

    private static List<Path> children(Path directory) throws IOException {
        List<Path> children = new ArrayList<>();
        try (DirectoryStream<Path> entries =
                Files.newDirectoryStream(directory, entry -> Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS))) {
            entries.forEach(children::add);
        } catch (NoSuchFileException none) {
            return List.of();
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return children;
    }
}
