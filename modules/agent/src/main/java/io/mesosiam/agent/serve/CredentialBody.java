package io.mesosiam.agent.serve;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import io.mesosiam.channel.wire.ControllerMessage.WireSession;
import io.mesosiam.secret.Secret;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.locks.StampedLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The answer to an SDK for one session, rendered once. It is the only place where the agent keeps key material, and is
 * zeroed with its lease.
 */
public final class CredentialBody {
    private static final JsonFactory JSON = JsonFactory.builder()
            .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
            .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
            .build();
    private static final Pattern ACCOUNT = Pattern.compile("arn:[^:]*:iam::([0-9]{12}):.*");

    private final StampedLock lock = new StampedLock();
    /** The fields before the keys, which differ between the forms. */
    private final byte[] containerFront;

    private final byte[] instanceFront;
    /** The fields that all forms have, and the end. */
    private final byte[] keys;

    private boolean destroyed;

    private CredentialBody(byte[] containerFront, byte[] instanceFront, byte[] keys) {
        this.containerFront = containerFront;
        this.instanceFront = instanceFront;
        this.keys = keys;
    }

    /** The forms that SDKs expect. */
    public enum Form {
        /**
         * The form of the container credential provider.
         *
         * @see <a href="https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html">its
         *     reference</a>
         */
        CONTAINER,
        /**
         * The form of a role's credentials in the instance metadata service.
         *
         * @see <a
         *     href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html">its
         *     reference</a>
         */
        INSTANCE
    }

    /**
     * Renders the session. Its own secrets are no longer needed afterwards.
     *
     * @param receivedAt the time when the agent received the session
     */
    public static CredentialBody of(WireSession session, String iamRoleArn, Instant receivedAt) {
        byte[] container = object(out -> {
            out.writeStringField("RoleArn", iamRoleArn);
            Matcher account = ACCOUNT.matcher(iamRoleArn);
            if (account.matches()) {
                out.writeStringField("AccountId", account.group(1));
            }
        });
        byte[] instance = object(out -> {
            out.writeStringField("Code", "Success");
            out.writeStringField("LastUpdated", wholeSeconds(receivedAt));
            out.writeStringField("Type", "AWS-HMAC");
        });
        byte[] keys = object(out -> {
            out.writeStringField("AccessKeyId", session.accessKeyId());
            write(out, "SecretAccessKey", session.secretAccessKey());
            write(out, "Token", session.sessionToken());
            out.writeStringField("Expiration", wholeSeconds(session.expiration()));
        });
        // joins two objects: the first without its end, the second with a comma instead of its beginning
        keys[0] = ',';
        return new CredentialBody(
                Arrays.copyOf(container, container.length - 1), Arrays.copyOf(instance, instance.length - 1), keys);
    }

    private interface Fields {
        void write(JsonGenerator out) throws IOException;
    }

    private static byte[] object(Fields fields) {
        try (ZeroedBuffer buffer = new ZeroedBuffer()) {
            try (JsonGenerator out = JSON.createGenerator(buffer)) {
                out.writeStartObject();
                fields.write(out);
                out.writeEndObject();
            }
            return buffer.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
    }

    private static void write(JsonGenerator out, String field, Secret secret) throws IOException {
        byte[] utf8 = secret.reveal();
        out.writeFieldName(field);
        out.writeUTF8String(utf8, 0, utf8.length);
    }

    /**
     * Formats without fractions of a second and with {@code Z}, since some SDKs parse neither fractions nor
     * {@code +00:00}. Truncates, so that the expiration is never later than the session's.
     */
    private static String wholeSeconds(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /**
     * A copy for one answer; empty if the lease has ended. Never partly zeroed: the optimistic read is validated, so
     * requests don't wait for each other.
     */
    public Optional<byte[]> copy(Form form) {
        byte[] front =
                switch (form) {
                    case CONTAINER -> containerFront;
                    case INSTANCE -> instanceFront;
                };
        long stamp = lock.tryOptimisticRead();
        Optional<byte[]> copy = behind(front);
        if (lock.validate(stamp)) {
            return copy;
        }
        long held = lock.readLock();
        try {
            return behind(front);
        } finally {
            lock.unlockRead(held);
        }
    }

    private Optional<byte[]> behind(byte[] front) {
        if (destroyed) {
            return Optional.empty();
        }
        byte[] whole = Arrays.copyOf(front, front.length + keys.length);
        System.arraycopy(keys, 0, whole, front.length, keys.length);
        return Optional.of(whole);
    }

    /** Zeroes the material; from now on {@link #copy} is empty. */
    public void destroy() {
        long stamp = lock.writeLock();
        try {
            destroyed = true;
            Arrays.fill(keys, (byte) 0);
        } finally {
            lock.unlockWrite(stamp);
        }
    }

    @Override
    public String toString() {
        return "CredentialBody[****]";
    }

    private static final class ZeroedBuffer extends ByteArrayOutputStream {
        /** Large enough not to grow for a usual session, which would leave a copy in memory. */
        ZeroedBuffer() {
            super(8 * 1024);
        }

        @Override
        public void close() {
            Arrays.fill(buf, (byte) 0);
        }
    }
}
