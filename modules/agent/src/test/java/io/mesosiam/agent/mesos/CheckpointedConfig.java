package io.mesosiam.agent.mesos;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes what Mesos checkpoints of a container in its {@code config}. */
public final class CheckpointedConfig {
    private final ByteArrayOutputStream message = new ByteArrayOutputStream();

    /** A container of a task: with fields around that of its executor, as Mesos writes them in order. */
    public static byte[] of(String framework, String executor) {
        CheckpointedConfig info = new CheckpointedConfig()
                .field(1, id(executor))
                .field(7, new CheckpointedConfig().text(3, "sleep 1000"))
                .field(8, id(framework))
                .number(15, 2);
        return new CheckpointedConfig()
                .text(3, "/var/lib/mesos/slaves/S0/frameworks/F/executors/E/runs/C")
                .text(4, "root")
                .field(8, info)
                .field(11, new CheckpointedConfig().text(3, "x".repeat(300)))
                .number(14, 1)
                .file();
    }

    static CheckpointedConfig id(String value) {
        return new CheckpointedConfig().text(1, value);
    }

    CheckpointedConfig number(int field, long value) {
        varint((long) field << 3);
        varint(value);
        return this;
    }

    CheckpointedConfig text(int field, String value) {
        return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    CheckpointedConfig field(int field, CheckpointedConfig value) {
        return bytes(field, value.message.toByteArray());
    }

    CheckpointedConfig raw(int... bytes) {
        for (int each : bytes) {
            message.write(each);
        }
        return this;
    }

    CheckpointedConfig bytes(int field, byte[] value) {
        varint(((long) field << 3) | 2);
        varint(value.length);
        message.writeBytes(value);
        return this;
    }

    private void varint(long value) {
        long left = value;
        for (; left >= 0x80; left >>>= 7) {
            message.write((int) ((left & 0x7f) | 0x80));
        }
        message.write((int) left);
    }

    byte[] file() {
        byte[] bytes = message.toByteArray();
        return ByteBuffer.allocate(Integer.BYTES + bytes.length)
                .order(ByteOrder.nativeOrder())
                .putInt(bytes.length)
                .put(bytes)
                .array();
    }
}
