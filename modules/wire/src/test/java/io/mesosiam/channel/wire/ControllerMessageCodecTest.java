package io.mesosiam.channel.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.channel.wire.ControllerMessage.Certificate;
import io.mesosiam.channel.wire.ControllerMessage.CertificateRefused;
import io.mesosiam.channel.wire.ControllerMessage.ClearRefusal;
import io.mesosiam.channel.wire.ControllerMessage.Entry;
import io.mesosiam.channel.wire.ControllerMessage.Fault;
import io.mesosiam.channel.wire.ControllerMessage.Remove;
import io.mesosiam.channel.wire.ControllerMessage.Sync;
import io.mesosiam.channel.wire.ControllerMessage.Upsert;
import io.mesosiam.channel.wire.ControllerMessage.WireSession;
import io.mesosiam.secret.Secret;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ControllerMessageCodecTest {
    private static final String KEY = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    private static final String TOKEN = "FwoGZXIvYXdzEXAMPLE//+==".repeat(40);
    private static final String ROLE = "arn:aws:iam::123456789012:role/reports";

    private static final WireSession SESSION =
            new WireSession("ASIAEXAMPLE", Secret.of(KEY), Secret.of(TOKEN), Instant.parse("2030-01-01T00:00:00Z"));
    private static final Entry SERVED =
            new Entry.Served("lease-1", 3, Optional.of("parent/child"), "default", ROLE, "ab12", SESSION);
    private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    private static final Optional<Executor> EXECUTOR = Optional.of(new Executor("framework-1", "executor \u00E9"));

    private static final Entry TRACED = new Entry.Served(
            "lease-1", 3, Optional.empty(), "default", ROLE, "ab12", SESSION, Optional.of(TRACE), EXECUTOR);
    private static final Entry HANDED_OVER =
            new Entry.Kept("lease-3", 1, Optional.of("c"), "default", ROLE, "ab12", Optional.of("lease-2"), EXECUTOR);
    private static final Entry KEPT = new Entry.Kept("lease-2", 4, Optional.empty(), "default", ROLE, "ab12");
    private static final Entry REFUSAL = new Entry.Refusal("c", "default", "NoPolicy", "No policy matches – \"sorry\"");

    private static final String PEM = "-----BEGIN CERTIFICATE-----\nMIIB+/==\n-----END CERTIFICATE-----\r\n";

    private static final List<ControllerMessage> EVERY_CASE = List.of(
            new Sync(7, List.of(SERVED, KEPT, REFUSAL)),
            new Sync(0, List.of()),
            new Sync(3, List.of(KEPT), List.of("lease-7", "lease-8")),
            new Upsert(SERVED),
            new Upsert(TRACED),
            new Upsert(KEPT),
            new Upsert(HANDED_OVER),
            new Upsert(REFUSAL),
            new Remove("lease-1", "task ended"),
            new ClearRefusal("c", "default"),
            new ControllerMessage.Policies(17),
            new Certificate(PEM + PEM, PEM),
            new CertificateRefused("refused", "ask the operator"),
            new ControllerMessage.TryRoles(4, "host-role", "123456789012", List.of(ROLE, ROLE + "-2")),
            new ControllerMessage.Move(Duration.ofMillis(1500)),
            Fault.lasting("ProtocolVersion", "speaks 1"),
            Fault.passing("stopping", "the controller is stopping"),
            new Fault("too-slow", "a stated delay", new Fault.Passing(Duration.ofSeconds(3))));

    @ParameterizedTest
    @FieldSource("EVERY_CASE")
    void everyMessageIsDecodedAsItWasEncoded(ControllerMessage message) throws Exception {
        byte[] frame = ControllerMessageCodec.encode(message);

        assertThat(ControllerMessageCodec.decode(frame)).isEqualTo(new Decoded.Known<>(message));
    }

    @Test
    void sessionThatIsNotTracedAndWhoseExecutorIsNotKnownIsEncodedAsBefore() {
        assertThat(new String(ControllerMessageCodec.encode(new Upsert(SERVED)), StandardCharsets.UTF_8))
                .doesNotContain("trace", "framework", "executor");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "00-4bf9-00f0-01", TRACE + "-x", "00 code=OK"})
    void traceContextHasOneForm(String trace) {
        assertThatThrownBy(() -> new Entry.Served(
                        "lease-1",
                        3,
                        Optional.empty(),
                        "default",
                        ROLE,
                        "ab12",
                        SESSION,
                        Optional.of(trace),
                        Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("traceparent must be a traceparent of version 00");
    }

    static Stream<Arguments> persistences() {
        return Stream.of(
                Arguments.of("", new Fault.Lasting()),
                Arguments.of(",\"retryAfterMillis\":5", new Fault.Lasting()),
                Arguments.of(",\"persistence\":\"lasting\"", new Fault.Lasting()),
                Arguments.of(",\"persistence\":\"eternal\"", new Fault.Lasting()),
                Arguments.of(",\"persistence\":\"passing\"", new Fault.Passing(Fault.DEFAULT_RETRY)),
                Arguments.of(",\"persistence\":\"passing\",\"retryAfterMillis\":0", new Fault.Passing(Duration.ZERO)));
    }

    @ParameterizedTest
    @MethodSource("persistences")
    void onlyAFaultMarkedAsPassingPasses(String fields, Fault.Persistence persistence) throws Exception {
        String frame = "{\"type\":\"fault\",\"code\":\"c\",\"message\":\"m\"" + fields + "}";

        assertThat(ControllerMessageCodec.decode(frame.getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(new Decoded.Known<>(new Fault("c", "m", persistence)));
    }

    @Test
    void delayBeyondAMinuteIsInvalid() {
        assertThatThrownBy(() -> new Fault.Passing(Fault.LONGEST_RETRY.plusMillis(1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Fault.Passing(Duration.ofMillis(-1))).isInstanceOf(IllegalArgumentException.class);
    }

    static Stream<Arguments> malformedAnswers() {
        return Stream.of(
                Arguments.of("{\"type\":\"certificate\",\"certificate\":\"a\"}", "authorities is missing"),
                Arguments.of("{\"type\":\"certificate\",\"authorities\":\"a\"}", "certificate is missing"),
                Arguments.of("{\"type\":\"certificate\",\"certificate\":7}", "/certificate: must be a string"),
                Arguments.of(
                        "{\"type\":\"certificate\",\"certificate\":\"\",\"authorities\":\"a\"}",
                        "certificate must have 1 to 32768"),
                Arguments.of(
                        "{\"type\":\"certificate\",\"certificate\":\"a\",\"authorities\":\"" + "a".repeat(32_769)
                                + "\"}",
                        "authorities must have 1 to 32768"),
                Arguments.of(
                        "{\"type\":\"certificate\",\"certificate\":\"\\u0000\",\"authorities\":\"a\"}",
                        "certificate must be PEM"),
                Arguments.of("{\"type\":\"certificate-refused\",\"code\":\"c\"}", "message is missing"),
                Arguments.of(
                        "{\"type\":\"certificate-refused\",\"code\":\"a\\nb\",\"message\":\"m\"}",
                        "code contains a control character"));
    }

    @ParameterizedTest
    @MethodSource("malformedAnswers")
    void malformedAnswersToCertificateRequestsAreRefusedWithTheField(String frame, String message) {
        assertThatThrownBy(() -> ControllerMessageCodec.decode(frame.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(MalformedFrameException.class)
                .hasMessageContaining(message);
    }

    @Test
    void everyMessageTypeIsInTheTable() {
        assertThat(EVERY_CASE.stream().map(Object::getClass).distinct())
                .containsExactlyInAnyOrder(AgentMessageCodecTest.cases(ControllerMessage.class));
        assertThat(Stream.of(SERVED, KEPT, REFUSAL).map(Object::getClass))
                .containsExactlyInAnyOrder(AgentMessageCodecTest.cases(Entry.class));
    }

    @Test
    void keyMaterialIsInTheFrameButNeverPrinted() {
        byte[] frame = ControllerMessageCodec.encode(new Upsert(SERVED));

        assertThat(new String(frame, StandardCharsets.UTF_8)).contains(KEY, TOKEN);
        for (Object printed : List.of(SESSION, SERVED, new Upsert(SERVED), new Sync(1, List.of(SERVED)))) {
            assertThat(printed.toString()).contains("****").doesNotContain(KEY, TOKEN);
        }
        assertThat(new Decoded.Known<ControllerMessage>(new Upsert(SERVED)).toString())
                .doesNotContain(KEY, TOKEN);
    }

    static Stream<Arguments> faults() {
        String good = new String(ControllerMessageCodec.encode(new Sync(7, List.of(SERVED))), StandardCharsets.UTF_8);
        return Stream.of(
                Arguments.of(good.replace('"' + KEY + '"', KEY), "/entries/0/session/secretAccessKey: is not"),
                Arguments.of(good.replace('"' + KEY + '"', "[\"" + KEY + "\"]"), "secretAccessKey: must be a string"),
                Arguments.of(good.replace(KEY, KEY + "é"), "/entries/0/session/secretAccessKey: must be printable"),
                Arguments.of(good.replace(KEY, KEY + "\\\""), "secretAccessKey must be printable ASCII"),
                Arguments.of(good.replace(KEY, ""), "secretAccessKey must have 1 to"),
                Arguments.of(good.substring(0, good.indexOf(KEY) + 10), "/entries/0/session/secretAccessKey: is not"),
                Arguments.of(good.replace(KEY, KEY.repeat(4000)), "secretAccessKey must have 1 to 1024"),
                Arguments.of(good.replace(TOKEN, TOKEN.repeat(40)), "sessionToken must have 1 to"),
                Arguments.of(good.replace("\"served\"", "\"lent\""), "/entries/0/kind: must be served, kept or"));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void noErrorContainsKeyMaterial(String frame, String message) {
        assertThatThrownBy(() -> ControllerMessageCodec.decode(frame.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(MalformedFrameException.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining(KEY.substring(0, 8))
                .hasMessageNotContaining(TOKEN.substring(0, 8))
                .hasNoCause();
    }

    @Test
    void reasonIsTruncatedAndControlCharactersAreReplaced() {
        Remove remove = new Remove("lease-1", "line\none " + "x".repeat(5000));

        assertThat(remove.reason()).startsWith("line one x").hasSize(1024).endsWith("…");
    }

    @Test
    void stateOfAFullHostFitsIntoOneFrame() throws Exception {
        ControllerMessage sync =
                new Sync(1, Stream.generate(() -> SERVED).limit(2000).toList());

        assertThat(ControllerMessageCodec.decode(ControllerMessageCodec.encode(sync)))
                .isEqualTo(new Decoded.Known<>(sync));
    }
}
