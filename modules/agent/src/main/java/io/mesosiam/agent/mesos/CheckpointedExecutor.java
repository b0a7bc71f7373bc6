package io.mesosiam.agent.mesos;

import io.mesosiam.channel.wire.Executor;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the executor that a container was launched for. Mesos writes it to the container's {@code config}, before the container
 * starts: the length of a {@code ContainerConfig} in four bytes, then the message in the format of Protocol Buffers
 * (include/mesos/slave/containerizer.proto, include/mesos/mesos.proto, and ContainerizerProcess::launch of Mesos). The task's
 * author decides how long the rest of the message is, and part of what it contains, so it is skipped and not kept.
 */
final class CheckpointedExecutor {
    private static final int CONFIG_EXECUTOR_INFO = 8;
    private static final int INFO_EXECUTOR_ID = 1;
    private static final int INFO_FRAMEWORK_ID = 8;
    private static final int ID_VALUE = 1;

    /** In bytes. Ids become names of directories on the Mesos agent, which have at most 255. */
    private static final int MAX_ID = 1024;

    /**
     * Of all messages together. Mesos writes some dozens and one for each resource; a framework can add millions, which
     * take half a second to skip.
     */
    private static final int MAX_FIELDS = 4096;

    /** Types of fields: <a href="https://protobuf.dev/programming-guides/encoding/">Encoding</a>. */
    private static final int VARINT = 0;

    private static final int EIGHT_BYTES = 1;
    private static final int LENGTH = 2;
    private static final int GROUP_BEGINS = 3;
    private static final int GROUP_ENDS = 4;
    private static final int FOUR_BYTES = 5;

    /** Stands for an id that Mesos can't have: the container is of no executor that a controller can name. */
    private static final String NO_ID = "\uFFFD";

    private int fieldsRead;
    private boolean seen;
    private @Nullable String framework;
    private @Nullable String id;

    private CheckpointedExecutor() {}

    /**
     * Reads a container's {@code config}.
     *
     * @return empty for a container without an executor, a nested or a standalone one, and for one without a framework;
     *     an executor that no task has if there are too many fields
     * @throws IOException if it is not such a message
     */
    static Optional<Executor> of(InputStream config) throws IOException {
        CheckpointedExecutor executor = new CheckpointedExecutor();
        try {
            executor.fields(Message.first(config), executor::ofConfig);
        } catch (TooManyFieldsException e) {
            // not an unreadable config, or a framework could hide whose container it is
            return Optional.of(new Executor(NO_ID, NO_ID));
        } catch (EOFException e) {
            throw new IOException("config ends within a field", e);
        }
        if (config.read() >= 0) {
            throw new IOException("config is longer than its length");
        }
        return executor.framework == null || executor.id == null
                ? Optional.empty()
                : Optional.of(executor(executor.framework, executor.id));
    }

    private static Executor executor(String framework, String id) {
        try {
            return new Executor(framework, id);
        } catch (IllegalArgumentException e) {
            return new Executor(NO_ID, NO_ID);
        }
    }

    private void ofConfig(long number, Message value) throws IOException {
        if (number == CONFIG_EXECUTOR_INFO) {
            if (seen) {
                throw new IOException("config has two executors");
            }
            seen = true;
            fields(value, this::ofExecutor);
        }
    }

    private void ofExecutor(long number, Message value) throws IOException {
        if (number == INFO_EXECUTOR_ID) {
            id = only(id, value);
        } else if (number == INFO_FRAMEWORK_ID) {
            framework = only(framework, value);
        }
    }

    private String only(@Nullable String before, Message value) throws IOException {
        String[] text = {before};
        fields(value, (number, characters) -> {
            if (number == ID_VALUE) {
                if (text[0] != null) {
                    throw new IOException("config has an id twice");
                }
                text[0] = characters.text();
            }
        });
        if (text[0] == null) {
            throw new IOException("config has an id without a value");
        }
        return text[0];
    }

    /** What is done with a field that has a length. */
    @FunctionalInterface
    private interface Visitor {
        void visit(long number, Message value) throws IOException;
    }

    private static final class TooManyFieldsException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    private void fields(Message of, Visitor visitor) throws IOException {
        // Mesos keeps fields that it doesn't know, also groups, which a framework can put there
        int groups = 0;
        while (of.left > 0) {
            fieldsRead++;
            if (fieldsRead > MAX_FIELDS) {
                throw new TooManyFieldsException();
            }
            long key = of.varint();
            switch ((int) (key & 7)) {
                case VARINT -> {
                    var unused = of.varint();
                }
                case EIGHT_BYTES -> of.skip(Long.BYTES);
                case FOUR_BYTES -> of.skip(Integer.BYTES);
                case GROUP_BEGINS -> groups++;
                case GROUP_ENDS -> groups--;
                case LENGTH -> {
                    Message value = of.message();
                    if (groups == 0) {
                        visitor.visit(key >>> 3, value);
                    }
                    value.skip(value.left);
                }
                default -> throw new IOException("config has a field of an unknown type");
            }
        }
        if (groups != 0) {
            throw new EOFException();
        }
    }

    /** The next bytes of the file, which are one message, or a text. */
    private static final class Message {
        private final InputStream in;
        private long left;

        Message(InputStream in, long length) {
            this.in = in;
            this.left = length;
        }

        static Message first(InputStream in) throws IOException {
            byte[] length = in.readNBytes(Integer.BYTES);
            if (length.length < Integer.BYTES) {
                throw new EOFException();
            }
            int bytes = ByteBuffer.wrap(length).order(ByteOrder.nativeOrder()).getInt();
            return new Message(in, Integer.toUnsignedLong(bytes));
        }

        Message message() throws IOException {
            long length = varint();
            take(length);
            return new Message(in, length);
        }

        void skip(long bytes) throws IOException {
            take(bytes);
            in.skipNBytes(bytes);
        }

        String text() throws IOException {
            if (left > MAX_ID) {
                return NO_ID;
            }
            byte[] bytes = in.readNBytes((int) left);
            take(bytes.length);
            return new String(bytes, StandardCharsets.UTF_8);
        }

        long varint() throws IOException {
            long value = 0;
            for (int shift = 0; shift < Long.SIZE; shift += 7) {
                take(1);
                int part = in.read();
                if (part < 0) {
                    throw new EOFException();
                }
                value |= (long) (part & 0x7f) << shift;
                if (part < 0x80) {
                    return value;
                }
            }
            throw new IOException("config has a number that is too long");
        }

        private void take(long bytes) throws EOFException {
            if (bytes < 0 || bytes > left) {
                throw new EOFException();
            }
            left -= bytes;
        }
    }
}
