package io.mesosiam.channel.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.channel.wire.AgentMessage.Ack;
import io.mesosiam.channel.wire.AgentMessage.Ask;
import io.mesosiam.channel.wire.AgentMessage.CertificateRequest;
import io.mesosiam.channel.wire.AgentMessage.Containers;
import io.mesosiam.channel.wire.AgentMessage.Held;
import io.mesosiam.channel.wire.AgentMessage.Hello;
import io.mesosiam.channel.wire.AgentMessage.Nack;
import io.mesosiam.channel.wire.AgentMessage.RunningContainer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

class AgentMessageCodecTest {
    private static final RunningContainer NESTED = new RunningContainer("6d2f…ü/child", 4711);

    private static final List<AgentMessage> EVERY_CASE = List.of(
            new Hello(
                    Protocol.VERSION,
                    "0.1.0",
                    "host-1.example",
                    "f00d-S1",
                    List.of(new Held("lease-1", "ab12", Instant.parse("2030-01-01T00:00:00.123Z"))),
                    List.of(NESTED)),
            new Hello(
                    Protocol.VERSION,
                    "0.1.0",
                    "host-1",
                    "f00d-S1",
                    List.of(),
                    List.of(new RunningContainer("a", 1, Optional.of(new Executor("framework-1", "executor é"))))),
            new Hello(
                    Protocol.VERSION,
                    "0.1.0",
                    "host-1",
                    "f00d-S1",
                    List.of(new Held(
                            "lease-1",
                            "ab12",
                            Instant.parse("2030-01-01T00:00:00Z"),
                            Optional.of("a/b"),
                            Optional.of("default"))),
                    List.of(),
                    OptionalLong.of(7)),
            new Ack("lease-1", Long.MAX_VALUE),
            new Nack("lease-1", 0, "SessionMissing", "\"quoted\" \\ and €"),
            new Ask("parent/child", "default"),
            new AgentMessage.Policies(17),
            new AgentMessage.Exposure("", "", "", List.of()),
            new AgentMessage.Exposure(
                    "host-role",
                    "123456789012",
                    "2 networks were not tried",
                    List.of(new AgentMessage.Reached("a/b", "fd00:ec2::254"))),
            new AgentMessage.RolesTried(
                    9,
                    List.of("arn:aws:iam::123456789012:role/a"),
                    3,
                    List.of(new AgentMessage.Untried("arn:aws:iam::123456789012:role/b", "throttled", "STS is busy"))),
            new AgentMessage.RolesTried(0, List.of(), 0, List.of()),
            new CertificateRequest(
                    "-----BEGIN CERTIFICATE REQUEST-----\nMIIB+/==\n-----END CERTIFICATE REQUEST-----\n"),
            new Containers(List.of(NESTED), List.of(new RunningContainer("gone", 0))));

    @ParameterizedTest
    @FieldSource("EVERY_CASE")
    void everyMessageIsDecodedAsItWasEncoded(AgentMessage message) throws Exception {
        byte[] frame = AgentMessageCodec.encode(message);

        assertThat(AgentMessageCodec.decode(frame)).isEqualTo(new Decoded.Known<>(message));
        assertThat(AgentMessageCodec.decode(new String(frame, StandardCharsets.UTF_8)))
                .isEqualTo(new Decoded.Known<>(message));
    }

    @Test
    void everyMessageTypeIsInTheTable() {
        assertThat(EVERY_CASE.stream().map(Object::getClass).distinct())
                .containsExactlyInAnyOrder(cases(AgentMessage.class));
    }

    static Class<?>[] cases(Class<?> sealed) {
        return Stream.of(sealed.getPermittedSubclasses()).toArray(Class<?>[]::new);
    }

    @Test
    void fieldsAndMessagesOfANewerPeerAreIgnored() throws Exception {
        assertThat(AgentMessageCodec.decode(
                        "{\"type\":\"ask\",\"new\":{\"a\":[1,{}]},\"name\":\"default\",\"containerId\":\"c\"}"))
                .isEqualTo(new Decoded.Known<>(new Ask("c", "default")));
        assertThat(AgentMessageCodec.decode("{\"type\":\"confess\",\"name\":[{}],\"held\":7}"))
                .isEqualTo(new Decoded.Unknown<>("confess"));
    }

    @Test
    void exposureOfAnAgentOfAnEarlierVersionHasNoAccount() throws Exception {
        assertThat(AgentMessageCodec.decode(
                        "{\"type\":\"exposure\",\"hostRole\":\"h\",\"unknown\":\"\",\"reached\":[]}"))
                .isEqualTo(new Decoded.Known<>(new AgentMessage.Exposure("h", "", "", List.of())));
    }

    @Test
    void onlyTheVersionIsReadOfAHelloOfAnotherVersion() throws Exception {
        assertThat(AgentMessageCodec.decode("{\"type\":\"hello\",\"protocol\":2,\"who\":\"me\"}"))
                .isEqualTo(new Decoded.Known<>(new Hello(2, "unknown", "unknown", "unknown", List.of(), List.of())));
    }

    static Stream<Arguments> hostile() {
        String ask = "{\"type\":\"ask\",\"containerId\":\"c\",\"name\":\"default\"}";
        return Stream.of(
                Arguments.of("", "frame: must be an object"),
                Arguments.of("null", "frame: must be an object"),
                Arguments.of("[" + ask + "]", "frame: must be an object"),
                Arguments.of(ask.substring(0, ask.length() - 1), "not well-formed"),
                Arguments.of(ask.substring(0, 30), "not well-formed"),
                Arguments.of(ask + ask, "frame: goes on"),
                Arguments.of("{}", "must begin with the field 'type'"),
                Arguments.of("{\"name\":\"x\",\"type\":\"ask\"}", "must begin with the field 'type'"),
                Arguments.of("{\"type\":7}", "/type: must be a string"),
                Arguments.of(ask.replace("\"c\"", "[]"), "/containerId: must be a string"),
                Arguments.of(ask.replace("\"c\"", "null"), "/containerId: must be a string"),
                Arguments.of(ask.replace("\"c\"", "\"\""), "containerId must have 1 to"),
                Arguments.of(ask.replace("\"c\"", "\"a\\nb\""), "containerId contains a control character"),
                Arguments.of(ask.replace("default", "x".repeat(65)), "name must have 1 to 64"),
                Arguments.of(ask.replace("default", "x".repeat(100_000)), "/name: is not well-formed JSON, or exceeds"),
                Arguments.of(ask.replace("}", ",\"name\":\"other\"}"), "/name: appears twice"),
                Arguments.of(ask.replace("}", ",\"x\":1,\"x\":2}"), "/x: appears twice"),
                Arguments.of(ask.replace("\"containerId\":\"c\",", ""), "containerId is missing"),
                Arguments.of(ask.replace("}", ",\"deep\":" + "[".repeat(2000) + "}"), "exceeds a limit"),
                Arguments.of(ask.replace("}", ",\"" + "n".repeat(500) + "\":1}"), "exceeds a limit"),
                Arguments.of("{\"type\":\"certificate-request\"}", "csr is missing"),
                Arguments.of("{\"type\":\"certificate-request\",\"csr\":[]}", "/csr: must be a string"),
                Arguments.of("{\"type\":\"certificate-request\",\"csr\":\"\"}", "csr must have 1 to 8192"),
                Arguments.of(
                        "{\"type\":\"certificate-request\",\"csr\":\"" + "M".repeat(8193) + "\"}",
                        "csr must have 1 to 8192 characters, has 8193"),
                Arguments.of("{\"type\":\"certificate-request\",\"csr\":\"a\\tb\"}", "csr must be PEM"),
                Arguments.of("{\"type\":\"certificate-request\",\"csr\":\"é\"}", "csr must be PEM"),
                Arguments.of(
                        "{\"type\":\"exposure\",\"hostRole\":\"h\",\"hostAccount\":\"12345678901x\",\"unknown\":\"\",\"reached\":[]}",
                        "hostAccount must have 12 digits"),
                Arguments.of(
                        "{\"type\":\"roles-tried\",\"batch\":1,\"assumable\":[" + "\"r\",".repeat(100)
                                + "\"r\"],\"refused\":0,\"untried\":[]}",
                        "assumable must have at most 100 items, has 101"),
                Arguments.of(
                        "{\"type\":\"roles-tried\",\"batch\":1,\"assumable\":[],\"refused\":-1,\"untried\":[]}",
                        "refused must not be negative"),
                Arguments.of(
                        "{\"type\":\"roles-tried\",\"batch\":1,\"assumable\":[7],\"refused\":0,\"untried\":[]}",
                        "/assumable/0: must be a string"),
                Arguments.of(
                        "{\"type\":\"roles-tried\",\"batch\":1,\"assumable\":[\"a\\u0000\"],\"refused\":0,\"untried\":[]}",
                        "assumable contains a control character"),
                Arguments.of("{\"type\":\"ack\",\"leaseId\":\"l\",\"revision\":1.5}", "/revision: must be a whole"),
                Arguments.of("{\"type\":\"ack\",\"leaseId\":\"l\",\"revision\":-1}", "revision must not be negative"),
                Arguments.of(
                        "{\"type\":\"ack\",\"leaseId\":\"l\",\"revision\":99999999999999999999}", "/revision: is not"),
                Arguments.of(
                        "{\"type\":\"containers\",\"started\":[{\"containerId\":\"c\"}],\"ended\":[]}",
                        "/started/0: startTicks is missing"),
                Arguments.of("{\"type\":\"containers\",\"started\":[[]],\"ended\":[]}", "/started/0: must be an obj"),
                Arguments.of(
                        "{\"type\":\"hello\",\"protocol\":1,\"held\":[{\"expiration\":\"tomorrow\"}]}",
                        "/held/0/expiration: must be an instant"));
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void invalidFramesAreRefusedWithTheField(String frame, String message) {
        assertThatThrownBy(() -> AgentMessageCodec.decode(frame))
                .isInstanceOf(MalformedFrameException.class)
                .hasMessageContaining(message)
                .hasNoCause();
    }

    @Test
    void listsWithTooManyItemsAreRefused() {
        String item = "{\"containerId\":\"c\",\"startTicks\":1},";
        String frame = "{\"type\":\"containers\",\"started\":[" + item.repeat(20_001) + "{}],\"ended\":[]}";

        assertThatThrownBy(() -> AgentMessageCodec.decode(frame)).hasMessageContaining("20000 items");
    }

    @Test
    void framesBeyondTheLimitAreNotParsed() {
        assertThatThrownBy(() -> AgentMessageCodec.decode(new byte[Protocol.MAX_FRAME + 1]))
                .hasMessageContaining("at most " + Protocol.MAX_FRAME);
        assertThatThrownBy(() -> AgentMessageCodec.decode(" ".repeat(Protocol.MAX_FRAME + 1)))
                .hasMessageContaining("at most " + Protocol.MAX_FRAME);
    }

    @Test
    void bytesThatAreNotUtf8AreRefused() {
        assertThatThrownBy(() -> AgentMessageCodec.decode(new byte[] {'{', (byte) 0xff, '}'}))
                .hasMessage("frame: is not UTF-8");
    }
}
