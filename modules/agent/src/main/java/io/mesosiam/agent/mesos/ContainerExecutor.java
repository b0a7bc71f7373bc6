package io.mesosiam.agent.mesos;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The executor that a container was launched for. Mesos writes it to the container's {@code config}, before the container
 * starts: the length of a {@code ContainerConfig} in four bytes, then the message in the format of Protocol Buffers
 * (include/mesos/slave/containerizer.proto, include/mesos/mesos.proto, and ContainerizerProcess::launch of Mesos).
 *
 * @param frameworkId empty if Mesos doesn't state it
 */
record ContainerExecutor(Optional<String> frameworkId, String id) {
    private static final int CONFIG_EXECUTOR_INFO = 8;
    private static final int INFO_EXECUTOR_ID = 1;
    private static final int INFO_FRAMEWORK_ID = 8;
    private static final int ID_VALUE = 1;

    /** Types of fields: <a href="https://protobuf.dev/programming-guides/encoding/">Encoding</a>. */
    private static final int VARINT = 0;

    private static final int EIGHT_BYTES = 1;
    private static final int LENGTH = 2;
    private static final int FOUR_BYTES = 5;

    /** Whether a task that the master shows with this executor can run in the container. */
    boolean is(String framework, String executor) {
        return id.equals(executor) && frameworkId.map(framework::equals).orElse(true);
    }

    /**
     * Reads a container's {@code config}.
     *
     * @return empty for a container without an executor: a nested or a standalone one
     * @throws IOException if it is not such a message
     */
    static Optional<ContainerExecutor> of(byte[] config) throws IOException {
        try {
            ByteBuffer file = ByteBuffer.wrap(config).order(ByteOrder.nativeOrder());
            if (file.getInt() != file.remaining()) {
                throw new IOException("config is not complete");
            }
            Optional<ByteBuffer> info = message(file, CONFIG_EXECUTOR_INFO);
            Optional<String> id = info.isEmpty() ? Optional.empty() : text(info.get(), INFO_EXECUTOR_ID);
            if (id.isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(new ContainerExecutor(text(info.get(), INFO_FRAMEWORK_ID), id.get()));
        } catch (BufferUnderflowException e) {
            throw new IOException("config ends within a field", e);
        }
    }

    private static Optional<String> text(ByteBuffer info, int number) throws IOException {
        Optional<ByteBuffer> id = message(info, number);
        Optional<ByteBuffer> value = id.isEmpty() ? id : message(id.get(), ID_VALUE);
        return value.map(bytes -> StandardCharsets.UTF_8.decode(bytes).toString());
    }

    /** The value of a field that has a length. */
    private static Optional<ByteBuffer> message(ByteBuffer of, int number) throws IOException {
        Optional<ByteBuffer> found = Optional.empty();
        ByteBuffer in = of.slice();
        while (in.hasRemaining()) {
            long key = varint(in);
            switch ((int) (key & 7)) {
                case VARINT -> {
                    var unused = varint(in);
                }
                case EIGHT_BYTES -> in.position(after(in, Long.BYTES));
                case FOUR_BYTES -> in.position(after(in, Integer.BYTES));
                case LENGTH -> {
                    long length = varint(in);
                    int end = after(in, length);
                    if (key >>> 3 == number) {
                        if (found.isPresent()) {
                            throw new IOException("config has field " + number + " twice");
                        }
                        found = Optional.of(in.slice(in.position(), (int) length));
                    }
                    in.position(end);
                }
                default -> throw new IOException("config has a field of an unknown type");
            }
        }
        return found;
    }

    private static int after(ByteBuffer in, long length) {
        if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        return in.position() + (int) length;
    }

    private static long varint(ByteBuffer in) throws IOException {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte part = in.get();
            value |= (long) (part & 0x7f) << shift;
            if (part >= 0) {
                return value;
            }
        }
        throw new IOException("config has a number that is too long");
    }
}
