package io.mesosiam.agent.mesos;

import io.mesosiam.agent.cgroup.ContainerPath;
import io.mesosiam.agent.cgroup.HostTotal;
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
import java.util.Iterator;
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

    /** Mesos keeps the directory of a nested container that has ended until its executor removes it. */
    private static final String TERMINATION = "termination";

    /** Far more outermost containers than one host runs. */
    private static final int MAX_CONTAINERS = 20_000;

    /** The most that are read of those nested in one outermost container: an executor can launch any number. */
    static final int MAX_NESTED = 2048;

    /** Those of each outermost container that are read in any case. */
    private static final int OWN_NESTED = 64;

    private static final int MAX_PID_FILE = 32;

    private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,9}");

    /** The reason why it is not used; empty if it is. */
    public Optional<String> problem() {
        return RootOwnedPath.problem(path);
    }

    /**
     * The containers, whether or not their first process is alive, but not nested ones of which Mesos knows that they have
     * ended; at most {@value #MAX_NESTED} of those nested in one.
     *
     * @throws IOException if the directory is not root's, or can't be read
     */
    public List<MesosContainer> containers() throws IOException {
        List<MesosContainer> found = new ArrayList<>();
        HostTotal ofHost = new HostTotal(OWN_NESTED, MAX_NESTED);
        for (Path outermost : children(checked(), MAX_CONTAINERS)) {
            collect(outermost, "", 1, ofHost.part(), found);
        }
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

    /** The container in a directory, and those nested in it, of which each takes a part. */
    private static void collect(
            Path directory, String parent, int depth, HostTotal.Part nested, List<MesosContainer> found)
            throws IOException {
        String name = directory.getFileName().toString();
        if (depth > ContainerPath.MAX_DEPTH || !ContainerPath.isSegment(name)) {
            return;
        }
        if (depth > 1 && (exists(directory, TERMINATION) || !nested.takes(1))) {
            return;
        }
        String id = parent.isEmpty() ? name : parent + "/" + name;
        found.add(container(id, directory, depth == 1));
        for (Path child : children(directory.resolve(CONTAINERS), nested.left())) {
            collect(child, id, depth + 1, nested, found);
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
        return exists(directory, STANDALONE);
    }

    private static boolean exists(Path directory, String file) {
        return Files.exists(directory.resolve(file), LinkOption.NOFOLLOW_LINKS);
    }

    private static List<Path> children(Path directory, int most) throws IOException {
        List<Path> children = new ArrayList<>();
        try (DirectoryStream<Path> entries =
                Files.newDirectoryStream(directory, entry -> Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS))) {
            Iterator<Path> each = entries.iterator();
            while (children.size() < most && each.hasNext()) {
                children.add(each.next());
            }
        } catch (NoSuchFileException none) {
            return List.of();
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return children;
    }
}
