package io.mesosiam.simulation;

import java.lang.reflect.Field;

/**
 * The order in which this JVM iterates {@code Set.of} and {@code Map.of}. The JDK chooses another one in each JVM, and the
 * order in which launches are planned depends on it: a seed replays exactly only with the order that it failed with.
 */
final class IterationOrder {
    private final Class<?> type;
    private final Object unsafe;
    private final Object base;
    private final long salt;
    private final long reverse;

    private IterationOrder() throws ReflectiveOperationException {
        type = Class.forName("sun.misc.Unsafe");
        Field instance = type.getDeclaredField("theUnsafe");
        instance.setAccessible(true);
        unsafe = instance.get(null);
        Class<?> collections = Class.forName("java.util.ImmutableCollections");
        Field saltField = collections.getDeclaredField("SALT32L");
        base = type.getMethod("staticFieldBase", Field.class).invoke(unsafe, saltField);
        salt = offset(saltField);
        reverse = offset(collections.getDeclaredField("REVERSE"));
    }

    private long offset(Field field) throws ReflectiveOperationException {
        return (long) type.getMethod("staticFieldOffset", Field.class).invoke(unsafe, field);
    }

    /** The order of this JVM. */
    static long current() {
        try {
            IterationOrder order = new IterationOrder();
            return (long) order.type
                    .getMethod("getLong", Object.class, long.class)
                    .invoke(order.unsafe, order.base, order.salt);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the JDK keeps the order elsewhere", e);
        }
    }

    /** Sets the order. Code that the JVM has compiled before may keep the former one. */
    static void set(long to) {
        try {
            IterationOrder order = new IterationOrder();
            order.type
                    .getMethod("putLong", Object.class, long.class, long.class)
                    .invoke(order.unsafe, order.base, order.salt, to);
            order.type
                    .getMethod("putByte", Object.class, long.class, byte.class)
                    .invoke(order.unsafe, order.base, order.reverse, (byte) ((to & 1) == 0 ? 1 : 0));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the JDK keeps the order elsewhere", e);
        }
    }
}
