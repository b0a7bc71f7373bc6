package io.mesosiam.channel.wire;

import io.mesosiam.channel.wire.AgentMessage.Ack;
import io.mesosiam.channel.wire.AgentMessage.Ask;
import io.mesosiam.channel.wire.AgentMessage.CertificateRequest;
import io.mesosiam.channel.wire.AgentMessage.Containers;
import io.mesosiam.channel.wire.AgentMessage.Exposure;
import io.mesosiam.channel.wire.AgentMessage.Held;
import io.mesosiam.channel.wire.AgentMessage.Hello;
import io.mesosiam.channel.wire.AgentMessage.Nack;
import io.mesosiam.channel.wire.AgentMessage.Reached;
import io.mesosiam.channel.wire.AgentMessage.RolesTried;
import io.mesosiam.channel.wire.AgentMessage.RunningContainer;
import io.mesosiam.channel.wire.AgentMessage.Untried;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;

/** Encodes agent messages as JSON text: one object whose first field, {@code type}, is the type of the message. */
public final class AgentMessageCodec {
    private static final Field<Long> PROTOCOL = Field.number("protocol");
    private static final Field<Long> SERVED_UNDER = Field.number("servedUnder");
    private static final Field<String> AGENT_VERSION = Field.text("agentVersion");
    private static final Field<String> HOSTNAME = Field.text("hostname");
    private static final Field<String> MESOS_AGENT_ID = Field.text("mesosAgentId");
    private static final Field<String> LEASE_ID = Field.text("leaseId");
    private static final Field<Long> REVISION = Field.number("revision");
    private static final Field<Long> VERSION = Field.number("version");
    private static final Field<String> CODE = Field.text("code");
    private static final Field<String> CSR = Field.text("csr");
    private static final Field<String> MESSAGE = Field.text("message");
    private static final Field<String> CONTAINER_ID = Field.text("containerId");
    private static final Field<String> NAME = Field.text("name");
    private static final Field<String> IDENTITY_HASH = Field.text("identityHash");
    private static final Field<Instant> EXPIRATION = Field.instant("expiration");
    private static final Field<Long> START_TICKS = Field.number("startTicks");
    private static final Field<List<Held>> HELD = Field.list("held", AgentMessageCodec::held);
    private static final Field<List<RunningContainer>> CONTAINERS =
            Field.list("containers", AgentMessageCodec::runningContainer);
    private static final Field<List<RunningContainer>> STARTED =
            Field.list("started", AgentMessageCodec::runningContainer);
    private static final Field<String> HOST_ROLE = Field.text("hostRole");
    private static final Field<String> HOST_ACCOUNT = Field.text("hostAccount");
    private static final Field<String> UNKNOWN = Field.text("unknown");
    private static final Field<String> ADDRESS = Field.text("address");
    private static final Field<List<Reached>> REACHED = Field.list("reached", AgentMessageCodec::reached);
    private static final Field<List<RunningContainer>> ENDED = Field.list("ended", AgentMessageCodec::runningContainer);

    private static final Field<Long> BATCH = Field.number("batch");
    private static final Field<Long> REFUSED = Field.number("refused");
    private static final Field<String> ROLE_ARN = Field.text("iamRoleArn");
    private static final Field<List<String>> ASSUMABLE = Field.list("assumable", FrameReader::text);
    private static final Field<List<Untried>> UNTRIED = Field.list("untried", AgentMessageCodec::untried);

    private AgentMessageCodec() {}

    /** The message as UTF-8. */
    public static byte[] encode(AgentMessage message) {
        return FrameWriter.frame(WireJson.FACTORY, out -> {
            switch (message) {
                case Hello hello -> {
                    out.text("type", "hello")
                            .number("protocol", hello.protocol())
                            .text("agentVersion", hello.agentVersion())
                            .text("hostname", hello.hostname())
                            .text("mesosAgentId", hello.mesosAgentId())
                            .list("held", hello.held(), AgentMessageCodec::write)
                            .list("containers", hello.containers(), AgentMessageCodec::write);
                    if (hello.servedUnder().isPresent()) {
                        out.number("servedUnder", hello.servedUnder().getAsLong());
                    }
                }
                case Ack ack ->
                    out.text("type", "ack").text("leaseId", ack.leaseId()).number("revision", ack.revision());
                case Nack nack ->
                    out.text("type", "nack")
                            .text("leaseId", nack.leaseId())
                            .number("revision", nack.revision())
                            .text("code", nack.code())
                            .text("message", nack.message());
                case Ask ask ->
                    out.text("type", "ask")
                            .text("containerId", ask.containerId())
                            .text("name", ask.name());
                case AgentMessage.Policies policies ->
                    out.text("type", "policies").number("version", policies.version());
                case CertificateRequest(String csr) ->
                    out.text("type", "certificate-request").text("csr", csr);
                case Exposure exposure ->
                    out.text("type", "exposure")
                            .text("hostRole", exposure.hostRole())
                            .text("hostAccount", exposure.hostAccount())
                            .text("unknown", exposure.unknown())
                            .list("reached", exposure.reached(), AgentMessageCodec::write);
                case RolesTried tried ->
                    out.text("type", "roles-tried")
                            .number("batch", tried.batch())
                            .texts("assumable", tried.assumable())
                            .number("refused", tried.refused())
                            .list("untried", tried.untried(), AgentMessageCodec::write);
                case Containers containers ->
                    out.text("type", "containers")
                            .list("started", containers.started(), AgentMessageCodec::write)
                            .list("ended", containers.ended(), AgentMessageCodec::write);
            }
        });
    }

    /** Decodes a frame given as bytes. */
    public static Decoded<AgentMessage> decode(byte[] utf8) throws MalformedFrameException {
        return WireJson.decode(utf8, AgentMessageCodec::decode);
    }

    /** Decodes a frame given as text; agents send no key material. */
    public static Decoded<AgentMessage> decode(String text) throws MalformedFrameException {
        return decode(text.toCharArray(), text.length());
    }

    private static Decoded<AgentMessage> decode(char[] text, int length) throws MalformedFrameException {
        try (FrameReader in = new FrameReader(WireJson.FACTORY, text, 0, length)) {
            return in.message(AgentMessageCodec::message);
        }
    }

    private static Decoded<AgentMessage> message(FrameReader in) throws IOException, MalformedFrameException {
        String type = in.kind("type");
        return switch (type) {
            case "hello" ->
                known(in.rest(
                        List.of(PROTOCOL, AGENT_VERSION, HOSTNAME, MESOS_AGENT_ID, HELD, CONTAINERS, SERVED_UNDER),
                        AgentMessageCodec::hello));
            case "ack" -> known(in.rest(List.of(LEASE_ID, REVISION), f -> new Ack(f.get(LEASE_ID), f.get(REVISION))));
            case "nack" ->
                known(in.rest(
                        List.of(LEASE_ID, REVISION, CODE, MESSAGE),
                        f -> new Nack(f.get(LEASE_ID), f.get(REVISION), f.get(CODE), f.get(MESSAGE))));
            case "ask" -> known(in.rest(List.of(CONTAINER_ID, NAME), f -> new Ask(f.get(CONTAINER_ID), f.get(NAME))));
            case "containers" ->
                known(in.rest(List.of(STARTED, ENDED), f -> new Containers(f.get(STARTED), f.get(ENDED))));
            case "policies" -> known(in.rest(List.of(VERSION), f -> new AgentMessage.Policies(f.get(VERSION))));
            case "certificate-request" -> known(in.rest(List.of(CSR), f -> new CertificateRequest(f.get(CSR))));
            case "exposure" ->
                known(in.rest(
                        List.of(HOST_ROLE, HOST_ACCOUNT, UNKNOWN, REACHED),
                        f -> new Exposure(
                                f.get(HOST_ROLE), f.find(HOST_ACCOUNT).orElse(""), f.get(UNKNOWN), f.get(REACHED))));
            case "roles-tried" ->
                known(in.rest(
                        List.of(BATCH, ASSUMABLE, REFUSED, UNTRIED),
                        f -> new RolesTried(
                                f.get(BATCH),
                                f.get(ASSUMABLE),
                                Math.clamp(f.get(REFUSED), -1, Integer.MAX_VALUE),
                                f.get(UNTRIED))));
            default -> {
                in.skipRest();
                yield new Decoded.Unknown<>(WireText.sanitized(type));
            }
        };
    }

    private static Decoded<AgentMessage> known(AgentMessage message) {
        return new Decoded.Known<>(message);
    }

    /** Reads only the version of a hello of another version, so that the refusal can name it. */
    private static Hello hello(Fields f) {
        int protocol = Math.clamp(f.get(PROTOCOL), -1, Integer.MAX_VALUE);
        if (protocol != Protocol.VERSION) {
            return new Hello(protocol, "unknown", "unknown", "unknown", List.of(), List.of());
        }
        return new Hello(
                protocol,
                f.get(AGENT_VERSION),
                f.get(HOSTNAME),
                f.get(MESOS_AGENT_ID),
                f.get(HELD),
                f.get(CONTAINERS),
                f.find(SERVED_UNDER).map(OptionalLong::of).orElse(OptionalLong.empty()));
    }

    private static Held held(FrameReader in) throws IOException, MalformedFrameException {
        return in.object(
                List.of(LEASE_ID, IDENTITY_HASH, EXPIRATION, CONTAINER_ID, NAME),
                f -> new Held(
                        f.get(LEASE_ID), f.get(IDENTITY_HASH), f.get(EXPIRATION), f.find(CONTAINER_ID), f.find(NAME)));
    }

    private static Reached reached(FrameReader in) throws IOException, MalformedFrameException {
        return in.object(List.of(CONTAINER_ID, ADDRESS), f -> new Reached(f.get(CONTAINER_ID), f.get(ADDRESS)));
    }

    private static void write(FrameWriter out, Reached reached) throws IOException {
        out.text("containerId", reached.containerId()).text("address", reached.address());
    }

    private static Untried untried(FrameReader in) throws IOException, MalformedFrameException {
        return in.object(
                List.of(ROLE_ARN, CODE, MESSAGE), f -> new Untried(f.get(ROLE_ARN), f.get(CODE), f.get(MESSAGE)));
    }

    private static void write(FrameWriter out, Untried untried) throws IOException {
        out.text("iamRoleArn", untried.iamRoleArn())
                .text("code", untried.code())
                .text("message", untried.message());
    }

    private static RunningContainer runningContainer(FrameReader in) throws IOException, MalformedFrameException {
        return in.object(
                Executor.beside(CONTAINER_ID, START_TICKS),
                f -> new RunningContainer(f.get(CONTAINER_ID), f.get(START_TICKS), Executor.of(f)));
    }

    private static void write(FrameWriter out, Held held) throws IOException {
        out.text("leaseId", held.leaseId())
                .text("identityHash", held.identityHash())
                .instant("expiration", held.expiration())
                .text("containerId", held.containerId())
                .text("name", held.name());
    }

    private static void write(FrameWriter out, RunningContainer container) throws IOException {
        out.text("containerId", container.containerId()).number("startTicks", container.startTicks());
        Executor.write(out, container.executor());
    }
}
