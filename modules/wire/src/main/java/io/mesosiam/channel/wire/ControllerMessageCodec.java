package io.mesosiam.channel.wire;

import io.mesosiam.channel.wire.ControllerMessage.Certificate;
import io.mesosiam.channel.wire.ControllerMessage.CertificateRefused;
import io.mesosiam.channel.wire.ControllerMessage.ClearRefusal;
import io.mesosiam.channel.wire.ControllerMessage.Entry;
import io.mesosiam.channel.wire.ControllerMessage.Fault;
import io.mesosiam.channel.wire.ControllerMessage.Move;
import io.mesosiam.channel.wire.ControllerMessage.Remove;
import io.mesosiam.channel.wire.ControllerMessage.Sync;
import io.mesosiam.channel.wire.ControllerMessage.TryRoles;
import io.mesosiam.channel.wire.ControllerMessage.Upsert;
import io.mesosiam.channel.wire.ControllerMessage.WireSession;
import io.mesosiam.secret.Secret;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Encodes controller messages as JSON text: one object whose first field, {@code type}, is the type of the message. The
 * first field of an entry, {@code kind}, is the kind of the entry.
 */
public final class ControllerMessageCodec {
    private static final Field<Long> EPOCH = Field.number("epoch");
    private static final Field<String> LEASE_ID = Field.text("leaseId");
    private static final Field<Long> REVISION = Field.number("revision");
    private static final Field<Long> VERSION = Field.number("version");
    private static final Field<String> CONTAINER_ID = Field.text("containerId");
    private static final Field<String> NAME = Field.text("name");
    private static final Field<String> ROLE_ARN = Field.text("iamRoleArn");
    private static final Field<String> IDENTITY_HASH = Field.text("identityHash");
    private static final Field<String> HELD_AS = Field.text("heldAs");
    private static final Field<String> REASON = Field.text("reason");
    private static final Field<String> CODE = Field.text("code");
    private static final Field<String> CERTIFICATE = Field.text("certificate");
    private static final Field<String> AUTHORITIES = Field.text("authorities");
    private static final Field<String> MESSAGE = Field.text("message");
    private static final Field<String> PERSISTENCE = Field.text("persistence");
    private static final Field<Long> RETRY_AFTER = Field.number("retryAfterMillis");
    private static final Field<Long> WITHIN = Field.number("withinMillis");
    private static final Field<String> ACCESS_KEY_ID = Field.text("accessKeyId");
    private static final Field<Secret> SECRET_ACCESS_KEY = Field.secret("secretAccessKey");
    private static final Field<Secret> SESSION_TOKEN = Field.secret("sessionToken");
    private static final Field<Instant> EXPIRATION = Field.instant("expiration");
    private static final Field<String> TRACEPARENT = Field.text("traceparent");
    private static final Field<WireSession> SESSION = Field.object("session", ControllerMessageCodec::session);
    private static final Field<Entry> ENTRY = Field.object("entry", ControllerMessageCodec::entry);
    private static final Field<List<Entry>> ENTRIES = Field.list("entries", ControllerMessageCodec::entry);

    private static final Field<List<String>> RETAINED = Field.list("retained", FrameReader::text);
    private static final Field<Long> BATCH = Field.number("batch");
    private static final Field<String> HOST_ROLE = Field.text("hostRole");
    private static final Field<String> HOST_ACCOUNT = Field.text("hostAccount");
    private static final Field<List<String>> ROLE_ARNS = Field.list("iamRoleArns", FrameReader::text);

    private ControllerMessageCodec() {}

    /** The message as UTF-8. It may contain key material: the caller zeroes the array after sending it. */
    public static byte[] encode(ControllerMessage message) {
        return FrameWriter.frame(WireJson.FACTORY, out -> {
            switch (message) {
                case Sync sync -> {
                    out.text("type", "sync")
                            .number("epoch", sync.epoch())
                            .list("entries", sync.entries(), ControllerMessageCodec::write);
                    if (!sync.retained().isEmpty()) {
                        out.texts("retained", sync.retained());
                    }
                }
                case Upsert upsert -> out.text("type", "upsert").object("entry", o -> write(o, upsert.entry()));
                case Remove remove ->
                    out.text("type", "remove").text("leaseId", remove.leaseId()).text("reason", remove.reason());
                case ClearRefusal unrefuse ->
                    out.text("type", "unrefuse")
                            .text("containerId", unrefuse.containerId())
                            .text("name", unrefuse.name());
                case ControllerMessage.Policies policies ->
                    out.text("type", "policies").number("version", policies.version());
                case Certificate(String certificate, String authorities) ->
                    out.text("type", "certificate")
                            .text("certificate", certificate)
                            .text("authorities", authorities);
                case CertificateRefused(String code, String reason) ->
                    out.text("type", "certificate-refused").text("code", code).text("message", reason);
                case TryRoles tried ->
                    out.text("type", "try-roles")
                            .number("batch", tried.batch())
                            .text("hostRole", tried.hostRole())
                            .text("hostAccount", tried.hostAccount())
                            .texts("iamRoleArns", tried.iamRoleArns());
                case Move(Duration within) -> out.text("type", "move").number("withinMillis", within.toMillis());
                case Fault fault -> {
                    out.text("type", "fault").text("code", fault.code()).text("message", fault.message());
                    write(out, fault.persistence());
                }
            }
        });
    }

    /** Decodes a frame given as bytes, which are not changed: the owner zeroes the array. */
    public static Decoded<ControllerMessage> decode(byte[] utf8) throws MalformedFrameException {
        return WireJson.decode(utf8, ControllerMessageCodec::decode);
    }

    /** Decodes the first {@code length} characters in place; the owner zeroes the array. */
    public static Decoded<ControllerMessage> decode(char[] text, int length) throws MalformedFrameException {
        try (FrameReader in = new FrameReader(WireJson.FACTORY, text, 0, length)) {
            return in.message(ControllerMessageCodec::message);
        }
    }

    private static Decoded<ControllerMessage> message(FrameReader in) throws IOException, MalformedFrameException {
        String type = in.kind("type");
        return switch (type) {
            case "sync" ->
                known(in.rest(
                        List.of(EPOCH, ENTRIES, RETAINED),
                        f -> new Sync(
                                f.get(EPOCH), f.get(ENTRIES), f.find(RETAINED).orElse(List.of()))));
            case "upsert" -> known(in.rest(List.of(ENTRY), f -> new Upsert(f.get(ENTRY))));
            case "remove" -> known(in.rest(List.of(LEASE_ID, REASON), f -> new Remove(f.get(LEASE_ID), f.get(REASON))));
            case "unrefuse" ->
                known(in.rest(List.of(CONTAINER_ID, NAME), f -> new ClearRefusal(f.get(CONTAINER_ID), f.get(NAME))));
            case "policies" -> known(in.rest(List.of(VERSION), f -> new ControllerMessage.Policies(f.get(VERSION))));
            case "certificate" ->
                known(in.rest(
                        List.of(CERTIFICATE, AUTHORITIES),
                        f -> new Certificate(f.get(CERTIFICATE), f.get(AUTHORITIES))));
            case "certificate-refused" ->
                known(in.rest(List.of(CODE, MESSAGE), f -> new CertificateRefused(f.get(CODE), f.get(MESSAGE))));
            case "try-roles" ->
                known(in.rest(
                        List.of(BATCH, HOST_ROLE, HOST_ACCOUNT, ROLE_ARNS),
                        f -> new TryRoles(f.get(BATCH), f.get(HOST_ROLE), f.get(HOST_ACCOUNT), f.get(ROLE_ARNS))));
            case "move" -> known(in.rest(List.of(WITHIN), f -> new Move(Duration.ofMillis(f.get(WITHIN)))));
            case "fault" ->
                known(in.rest(
                        List.of(CODE, MESSAGE, PERSISTENCE, RETRY_AFTER),
                        f -> new Fault(f.get(CODE), f.get(MESSAGE), persistence(f))));
            default -> {
                in.skipRest();
                yield new Decoded.Unknown<>(WireText.sanitized(type));
            }
        };
    }

    /** The persistence of a fault. A fault without it is lasting, which includes every fault of an older controller. */
    private static Fault.Persistence persistence(Fields fields) {
        if (!fields.find(PERSISTENCE).equals(Optional.of("passing"))) {
            return new Fault.Lasting();
        }
        return new Fault.Passing(
                fields.find(RETRY_AFTER).map(Duration::ofMillis).orElse(Fault.DEFAULT_RETRY));
    }

    private static void write(FrameWriter out, Fault.Persistence persistence) throws IOException {
        switch (persistence) {
            case Fault.Passing(Duration retryAfter) ->
                out.text("persistence", "passing").number("retryAfterMillis", retryAfter.toMillis());
            case Fault.Lasting() -> out.text("persistence", "lasting");
        }
    }

    private static Decoded<ControllerMessage> known(ControllerMessage message) {
        return new Decoded.Known<>(message);
    }

    static Entry entry(FrameReader in) throws IOException, MalformedFrameException {
        return switch (in.kind("kind")) {
            case "served" ->
                in.rest(
                        Executor.beside(
                                LEASE_ID, REVISION, CONTAINER_ID, NAME, ROLE_ARN, IDENTITY_HASH, SESSION, TRACEPARENT),
                        f -> new Entry.Served(
                                f.get(LEASE_ID),
                                f.get(REVISION),
                                f.find(CONTAINER_ID),
                                f.get(NAME),
                                f.get(ROLE_ARN),
                                f.get(IDENTITY_HASH),
                                f.get(SESSION),
                                f.find(TRACEPARENT),
                                Executor.of(f)));
            case "kept" ->
                in.rest(
                        Executor.beside(LEASE_ID, REVISION, CONTAINER_ID, NAME, ROLE_ARN, IDENTITY_HASH, HELD_AS),
                        f -> new Entry.Kept(
                                f.get(LEASE_ID),
                                f.get(REVISION),
                                f.find(CONTAINER_ID),
                                f.get(NAME),
                                f.get(ROLE_ARN),
                                f.get(IDENTITY_HASH),
                                f.find(HELD_AS),
                                Executor.of(f)));
            case "refusal" ->
                in.rest(
                        List.of(CONTAINER_ID, NAME, CODE, MESSAGE),
                        f -> new Entry.Refusal(f.get(CONTAINER_ID), f.get(NAME), f.get(CODE), f.get(MESSAGE)));
            default -> throw in.fault("must be served, kept or refusal");
        };
    }

    private static WireSession session(FrameReader in) throws IOException, MalformedFrameException {
        return in.object(
                List.of(ACCESS_KEY_ID, SECRET_ACCESS_KEY, SESSION_TOKEN, EXPIRATION),
                f -> new WireSession(
                        f.get(ACCESS_KEY_ID), f.get(SECRET_ACCESS_KEY), f.get(SESSION_TOKEN), f.get(EXPIRATION)));
    }

    private static void write(FrameWriter out, Entry entry) throws IOException {
        switch (entry) {
            case Entry.Served served -> {
                out.text("kind", "served")
                        .text("leaseId", served.leaseId())
                        .number("revision", served.revision())
                        .text("containerId", served.containerId())
                        .text("name", served.name())
                        .text("iamRoleArn", served.roleArn())
                        .text("identityHash", served.identityHash())
                        .object("session", o -> write(o, served.session()))
                        .text("traceparent", served.traceparent());
                Executor.write(out, served.executor());
            }
            case Entry.Kept kept -> {
                out.text("kind", "kept")
                        .text("leaseId", kept.leaseId())
                        .number("revision", kept.revision())
                        .text("containerId", kept.containerId())
                        .text("name", kept.name())
                        .text("iamRoleArn", kept.roleArn())
                        .text("identityHash", kept.identityHash())
                        .text("heldAs", kept.heldAs());
                Executor.write(out, kept.executor());
            }
            case Entry.Refusal refusal ->
                out.text("kind", "refusal")
                        .text("containerId", refusal.containerId())
                        .text("name", refusal.name())
                        .text("code", refusal.code())
                        .text("message", refusal.message());
        }
    }

    private static void write(FrameWriter out, WireSession session) throws IOException {
        out.text("accessKeyId", session.accessKeyId())
                .secret("secretAccessKey", session.secretAccessKey())
                .secret("sessionToken", session.sessionToken())
                .instant("expiration", session.expiration());
    }
}
