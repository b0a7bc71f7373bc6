package io.mesosiam.agent.kernel;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Links functions of the C library and turns their errors into exceptions. Their descriptors and options are constants,
 * so that a native image can register them (see {@code reachability-metadata.json}). Initialising this class throws a
 * {@link LinkageError} if foreign functions are not available.
 */
final class NativeCalls {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final VarHandle ERRNO_FIELD =
            Linker.Option.captureStateLayout().varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private static final List<FunctionDescriptor> REGISTERED = new ArrayList<>();

    static final int EINTR = 4;

    private NativeCalls() {}

    /** The function descriptors that a native image has to register. */
    static List<FunctionDescriptor> registered() {
        return List.copyOf(REGISTERED);
    }

    @SuppressWarnings("restricted") // the agent is started with native access for these few calls
    static MethodHandle function(String name, FunctionDescriptor descriptor, Linker.Option... more) {
        REGISTERED.add(descriptor);
        Linker.Option[] options =
                Stream.concat(Stream.of(ERRNO), Stream.of(more)).toArray(Linker.Option[]::new);
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor, options);
    }

    /** Allocates the segment in which a call stores {@code errno}. */
    static MemorySegment state(Arena arena) {
        return arena.allocate(Linker.Option.captureStateLayout());
    }

    static long checked(String call, long result, MemorySegment state) throws CallFailed {
        if (result < 0) {
            throw new CallFailed(call, (int) ERRNO_FIELD.get(state, 0L));
        }
        return result;
    }

    static IOException rethrown(Throwable e) {
        return e instanceof IOException io ? io : throwUnchecked(e);
    }

    private static IOException throwUnchecked(Throwable e) {
        throw unchecked(e);
    }

    static RuntimeException unchecked(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return e instanceof RuntimeException runtime ? runtime : new IllegalStateException(e);
    }

    /** The kernel returned an error. */
    static final class CallFailed extends IOException {
        private static final long serialVersionUID = 1L;

        final int errno;

        CallFailed(String call, int errno) {
            super(call + ": errno " + errno);
            this.errno = errno;
        }
    }
}
