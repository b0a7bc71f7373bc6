package io.mesosiam.agent.redirect;

import io.mesosiam.fakes.Shell;
import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * A test's network namespace: one thread that is in it. Sockets that the thread opens and programs that it starts
 * belong to the namespace, which ends with the thread.
 *
 * <p>Threads that are started in it are also in it. Start no virtual threads there: a carrier thread that is created
 * for one stays in the namespace and runs the virtual threads of later tests, whose sockets then reach nothing.
 */
public final class NetworkNamespace implements AutoCloseable {
    private static final int CLONE_NEWNET = 0x40000000;

    @SuppressWarnings("restricted")
    private static final MethodHandle UNSHARE = Linker.nativeLinker()
            .downcallHandle(
                    Linker.nativeLinker().defaultLookup().findOrThrow("unshare"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    private final ExecutorService thread;
    private final String path;
    private final List<AutoCloseable> things = new ArrayList<>();

    public NetworkNamespace(String name) {
        thread = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name("netns-" + name).daemon().factory());
        path = in(() -> {
            unshare();
            return "/proc/self/task/%s/ns/net"
                    .formatted(Path.of("/proc/thread-self").toRealPath().getFileName());
        });
        sh("ip link set lo up");
    }

    /** Whether this process may create one. */
    public static boolean possible() {
        try (var probe = new NetworkNamespace("probe")) {
            return Files.exists(Path.of(probe.path));
        } catch (RuntimeException e) {
            return false;
        }
    }

    /** A path that identifies it for {@code ip link set … netns}. */
    public String path() {
        return path.replace("self", Long.toString(ProcessHandle.current().pid()));
    }

    public <T extends @Nullable Object> T in(Callable<T> work) {
        try {
            return thread.submit(work).get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Runs shell commands, each of which has to succeed; returns their output. */
    public String sh(String script) {
        return in(() -> Shell.run(script));
    }

    /** Registers a resource that is closed together with the namespace. */
    public <T extends AutoCloseable> T owns(T thing) {
        things.add(thing);
        return thing;
    }

    @Override
    public void close() {
        for (var thing : things.reversed()) {
            try {
                thing.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
        refuseCarriers();
        thread.shutdown();
    }

    /** Fails the test that created a carrier thread, instead of a later test. */
    private void refuseCarriers() {
        in(() -> {
            Path own = Files.readSymbolicLink(Path.of("/proc/thread-self/ns/net"));
            try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
                for (Path one : threads) {
                    if (isCarrierIn(own, one)) {
                        throw new IllegalStateException(
                                "a carrier of virtual threads was made in a namespace of a test");
                    }
                }
            }
            return null;
        });
    }

    private static boolean isCarrierIn(Path namespace, Path thread) {
        try {
            return Files.readString(thread.resolve("comm")).startsWith("ForkJoinPool")
                    && Files.readSymbolicLink(thread.resolve("ns/net")).equals(namespace);
        } catch (IOException ended) {
            return false;
        }
    }

    private static void unshare() {
        try {
            if ((int) UNSHARE.invokeExact(CLONE_NEWNET) != 0) {
                throw new IllegalStateException("not permitted to make a network namespace");
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
