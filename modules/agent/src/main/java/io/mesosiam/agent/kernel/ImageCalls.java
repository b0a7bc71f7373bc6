package io.mesosiam.agent.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.graalvm.nativeimage.c.function.CFunction;

/**
 * syscall(2) of the C library in a native image, whose generator compiles these calls. A foreign function it would
 * interpret, which takes microseconds.
 */
final class ImageCalls {
    private ImageCalls() {}

    static long call(long number, long a, long b, long c, long d, long e, long f) {
        return syscall(number, a, b, c, d, e, f);
    }

    @CFunction("syscall")
    private static native long syscall(long number, long a, long b, long c, long d, long e, long f);

    /** Valid directly after a call, on the same thread: nothing is allocated between them, and no thread is switched. */
    @SuppressWarnings("restricted") // the C library's own variable
    static int errno() {
        return MemorySegment.ofAddress(errnoLocation())
                .reinterpret(Integer.BYTES)
                .get(ValueLayout.JAVA_INT, 0);
    }

    @CFunction(value = "__errno_location", transition = CFunction.Transition.NO_TRANSITION)
    private static native long errnoLocation();
}
