package io.mesosiam.channel.wire;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Frames of earlier versions, as their encoders wrote them ({@code src/test/resources/frames}; the first line of a file names
 * the version). The present agent reads what such a controller sends and the present controller what such an agent sends.
 * What the present programs send has the same fields with the same values, so the earlier ones, which skip further fields
 * and messages of unknown types, read it too.
 */
class EarlierVersionsTest {
    static Stream<String> ofControllers() {
        return frames("controller");
    }

    static Stream<String> ofAgents() {
        return frames("agent");
    }

    @ParameterizedTest
    @MethodSource("ofControllers")
    void agentReadsTheFramesOfEarlierControllersAndControllersStillWriteThem(String frame) throws Exception {
        Decoded<ControllerMessage> decoded = ControllerMessageCodec.decode(bytes(frame));

        assertThat(decoded).isInstanceOf(Decoded.Known.class);
        ControllerMessage message = ((Decoded.Known<ControllerMessage>) decoded).message();
        assertThat(new String(ControllerMessageCodec.encode(message), StandardCharsets.UTF_8))
                .isEqualTo(frame);
    }

    @ParameterizedTest
    @MethodSource("ofAgents")
    void controllerReadsTheFramesOfEarlierAgentsAndAgentsStillWriteThem(String frame) throws Exception {
        Decoded<AgentMessage> decoded = AgentMessageCodec.decode(frame);

        assertThat(decoded).isInstanceOf(Decoded.Known.class);
        AgentMessage message = ((Decoded.Known<AgentMessage>) decoded).message();
        assertThat(new String(AgentMessageCodec.encode(message), StandardCharsets.UTF_8))
                .isEqualTo(frame);
    }

    @ParameterizedTest
    @MethodSource("ofControllers")
    void agentSkipsFieldsThatALaterControllerAddsToAnyObject(String frame) throws Exception {
        assertThat(ControllerMessageCodec.decode(bytes(withFields(frame))))
                .isEqualTo(ControllerMessageCodec.decode(bytes(frame)));
    }

    @ParameterizedTest
    @MethodSource("ofAgents")
    void controllerSkipsFieldsThatALaterAgentAddsToAnyObject(String frame) throws Exception {
        assertThat(AgentMessageCodec.decode(withFields(frame))).isEqualTo(AgentMessageCodec.decode(frame));
    }

    /** The agent decodes a frame while its parts arrive. */
    @ParameterizedTest
    @MethodSource("ofControllers")
    void agentReadsTheFramesOfEarlierAndLaterControllersInParts(String frame) throws Exception {
        assertThat(inParts(frame, 1)).isEqualTo(ControllerMessageCodec.decode(bytes(frame)));
        assertThat(inParts(withFields(frame), 7)).isEqualTo(ControllerMessageCodec.decode(bytes(frame)));
    }

    private static Decoded<ControllerMessage> inParts(String frame, int size) throws MalformedFrameException {
        ControllerFrame parts = new ControllerFrame();
        for (int start = 0; start < frame.length(); start += size) {
            parts.append(frame.substring(start, Math.min(frame.length(), start + size)));
        }
        return parts.message();
    }

    @Test
    void messagesOfTypesThatALaterVersionAddsAreSkipped() throws Exception {
        String later = "{\"type\":\"later\",\"list\":[{\"type\":\"sync\"}]}";

        assertThat(ControllerMessageCodec.decode(bytes(later))).isEqualTo(new Decoded.Unknown<>("later"));
        assertThat(AgentMessageCodec.decode(later)).isEqualTo(new Decoded.Unknown<>("later"));
    }

    /** Adds a field to the end of each object. No recorded text has a brace. */
    private static String withFields(String frame) {
        return frame.replace("}", ",\"later\":{\"a\":[1]}}");
    }

    private static byte[] bytes(String frame) {
        return frame.getBytes(StandardCharsets.UTF_8);
    }

    private static Stream<String> frames(String sender) {
        return Stream.of("before-enrolment", "before-move", "before-executors").flatMap(version -> {
            String file = "/frames/" + sender + "-" + version + ".txt";
            try (InputStream in = EarlierVersionsTest.class.getResourceAsStream(file)) {
                String lines = new String(requireNonNull(in, file).readAllBytes(), StandardCharsets.UTF_8);
                return lines.lines().filter(line -> !line.startsWith("#")).toList().stream();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }
}
