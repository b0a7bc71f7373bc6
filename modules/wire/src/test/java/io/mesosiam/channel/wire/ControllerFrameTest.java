package io.mesosiam.channel.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.channel.wire.ControllerMessage.Entry;
import io.mesosiam.channel.wire.ControllerMessage.Sync;
import io.mesosiam.channel.wire.ControllerMessage.WireSession;
import io.mesosiam.secret.Secret;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A frame gives the same message, or is refused, whether it is decoded while it arrives or as a whole. */
class ControllerFrameTest {
    private static final String REFUSAL =
            "{\"kind\":\"refusal\",\"containerId\":\"c\",\"name\":\"default\",\"code\":\"NoPolicy\",\"message\":\"a \\\"no\\\" }],[{\"}";

    private final ControllerFrame frame = new ControllerFrame();

    @Test
    void syncIsDecodedWhateverItsParts() throws Exception {
        String text = text(sync(40));
        Random random = new Random(7);
        for (int round = 0; round < 50; round++) {
            int start = 0;
            while (start < text.length()) {
                int end = Math.min(text.length(), start + 1 + random.nextInt(400));
                frame.append(text.substring(start, end));
                start = end;
            }
            assertThat(frame.message()).isEqualTo(new Decoded.Known<>(sync(40)));
        }
    }

    @Test
    void framesFollowEachOther() throws Exception {
        for (ControllerMessage message : List.of(
                sync(3),
                new ControllerMessage.Upsert(served(1)),
                new Sync(4, List.of(), List.of("kept")),
                new ControllerMessage.Policies(7),
                sync(1))) {
            frame.append(text(message));
            assertThat(frame.message()).isEqualTo(new Decoded.Known<>(message));
        }
    }

    @Test
    void frameThatWasDroppedLeavesNothing() throws Exception {
        String text = text(sync(3));
        frame.append(text.substring(0, text.length() - 5));
        frame.clear();

        frame.append(text(sync(1)));

        assertThat(frame.message()).isEqualTo(new Decoded.Known<>(sync(1)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"sync\",\"epoch\":1,\"entries\":[ENTRY]}",
                "{\"type\":\"sync\",\"epoch\":1,\"entries\":[ENTRY,ENTRY]}",
                "{\"type\":\"sync\", \"entries\" : [ ENTRY ,\\n ENTRY\\t] , \"epoch\" : 1 }",
                " { \"type\" : \"sync\",\"epoch\":1,\"entries\":[ENTRY]}",
                "{\"type\":\"sync\",\"epoch\":1,\"entr\\u0069es\":[ENTRY]}",
                "{\"type\":\"sync\",\"epoch\":1,\"later\":{\"entries\":[ENTRY]},\"entries\":[]}",
                "{\"type\":\"sync\",\"epoch\":1,\"later\":\"entries\",\"list\":[ENTRY],\"entries\":[ENTRY]}",
                "{\"type\":\"later\",\"entries\":[ENTRY]}",
                "{\"type\":\"sync\",\"type\":\"later\",\"epoch\":1,\"entries\":[ENTRY]}",
                "{\"type\":\"sync\",\"epoch\":1,\"entries\":[]}"
            })
    void frameGivesTheSameMessageInPartsAndAsAWhole(String text) throws Exception {
        String whole = text.replace("ENTRY", REFUSAL).replace("\\n", "\n").replace("\\t", "\t");

        frame.append(whole);

        assertThat(frame.message()).isEqualTo(ControllerMessageCodec.decode(whole.getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "]}",
                "{\"type\":\"sync\",\"epoch\":1,\"entries\":[ENTRY,]}",
                "{\"type\":\"sync\",\"epoch\":1,\"entries\":[,ENTRY]}",
                "{\"type\":\"sync\",\"epoch\":1,\"entries\":[ENTRY ENTRY]}",
                "{\"type\":\"sync\",\"epoch\":1,\"entries\":[ENTRY,,ENTRY]}",
                "{\"type\":\"sync\",\"epoch\":1,\"entries\":[ENTRY,5]}",
                "{\"type\":\"sync\",\"epoch\":1,\"entries\":[5,ENTRY]}",
                "{\"type\":\"sync\",\"epoch\":1,\"entries\":[ENTRY\"x\"]}",
                "{\"type\":\"sync\",\"epoch\":1,\"entries\":[ENTRY:ENTRY]}",
                "{\"type\":\"sync\",\"epoch\":1,\"entries\":[[ENTRY]]}",
                "{\"type\":\"sync\",\"epoch\":1,\"entries\":[ENTRY}]",
                "{\"type\":\"sync\",\"epoch\":1,\"entries\":[ENTRY",
                "{\"type\":\"sync\",\"epoch\":1,\"entries\":[ENTRY]",
                "{\"type\":\"sync\",\"epoch\":1,\"entries\":[ENTRY]}}",
                "{\"type\":\"sync\",\"epoch\":1,\"entries\":[ENTRY],\"entries\":[ENTRY]}",
                "{\"type\":\"sync\",\"entries\":[ENTRY]}",
                "{\"type\":\"sync\",\"epoch\":1,\"entries\":[{\"kind\":\"refusal\"]]}",
                "{\"type\":\"sync\",\"epoch\":1,\"entries\":[{\"kind\":\"later\"}]}"
            })
    void malformedFrameIsRefused(String text) {
        String whole = text.replace("ENTRY", REFUSAL);

        assertThatThrownBy(() -> ControllerMessageCodec.decode(whole.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(MalformedFrameException.class);
        assertThatThrownBy(() -> {
                    frame.append(whole);
                    Decoded<ControllerMessage> unused = frame.message();
                })
                .isInstanceOf(MalformedFrameException.class);
    }

    /** Whatever is changed in a frame, it is decoded as the same message in parts as in one, or not at all. */
    @Test
    void changedFrameGivesTheSameMessageInPartsAndAsAWhole() {
        String text =
                "{\"type\":\"sync\",\"epoch\":1,\"entries\":[" + REFUSAL + "," + REFUSAL + "],\"retained\":[\"x\"]}";
        String characters = "{}[],:\"\\ a1\n";
        Random random = new Random(11);
        int messages = 0;
        for (int round = 0; round < 20_000; round++) {
            StringBuilder changed = new StringBuilder(text);
            for (int change = 0; change <= random.nextInt(2); change++) {
                int at = random.nextInt(changed.length());
                switch (random.nextInt(3)) {
                    case 0 -> changed.deleteCharAt(at);
                    case 1 -> changed.insert(at, characters.charAt(random.nextInt(characters.length())));
                    default -> changed.setCharAt(at, characters.charAt(random.nextInt(characters.length())));
                }
            }
            Optional<Decoded<ControllerMessage>> whole = whole(changed.toString());
            assertThat(inParts(changed.toString())).as(changed.toString()).isEqualTo(whole);
            messages += whole.isPresent() ? 1 : 0;
        }
        assertThat(messages).as("changes that a message survives").isPositive();
    }

    private static Optional<Decoded<ControllerMessage>> whole(String text) {
        try {
            return Optional.of(ControllerMessageCodec.decode(text.getBytes(StandardCharsets.UTF_8)));
        } catch (MalformedFrameException e) {
            return Optional.empty();
        }
    }

    private static Optional<Decoded<ControllerMessage>> inParts(String text) {
        ControllerFrame frame = new ControllerFrame();
        try {
            frame.append(text.substring(0, text.length() / 2));
            frame.append(text.substring(text.length() / 2));
            return Optional.of(frame.message());
        } catch (MalformedFrameException e) {
            return Optional.empty();
        }
    }

    @Test
    void faultNamesTheEntryAndItsField() {
        String bad = REFUSAL.replace("\"default\"", "5");

        assertThatThrownBy(() -> frame.append("{\"type\":\"sync\",\"epoch\":1,\"entries\":[" + REFUSAL + "," + bad))
                .isInstanceOf(MalformedFrameException.class)
                .hasMessage("/entries/1/name: must be a string");
    }

    @Test
    void frameThatIsTooLongIsRefusedBeforeItsEnd() throws Exception {
        String part = " ".repeat(1024 * 1024);
        for (int i = 0; i < Protocol.MAX_FRAME / part.length(); i++) {
            frame.append(part);
        }

        assertThatThrownBy(() -> frame.append(" "))
                .isInstanceOf(MalformedFrameException.class)
                .hasMessageContaining("longer than 16777216");
    }

    @Test
    void syncWithMoreEntriesThanAListMayHoldIsRefused() throws Exception {
        frame.append("{\"type\":\"sync\",\"epoch\":1,\"entries\":[" + REFUSAL);
        for (int i = 1; i < FrameReader.MAX_LIST; i++) {
            frame.append("," + REFUSAL);
        }

        assertThatThrownBy(() -> frame.append("," + REFUSAL)).hasMessageContaining("beyond the 20000 items");
    }

    private static String text(ControllerMessage message) {
        return new String(ControllerMessageCodec.encode(message), StandardCharsets.UTF_8);
    }

    private static Sync sync(int leases) {
        return new Sync(
                3,
                IntStream.range(0, leases)
                        .<Entry>mapToObj(ControllerFrameTest::served)
                        .toList());
    }

    private static Entry served(int number) {
        return new Entry.Served(
                "lease-" + number,
                number,
                Optional.of("container-" + number),
                "default",
                "arn:aws:iam::123456789012:role/role-" + number,
                "hash",
                new WireSession(
                        "ASIAEXAMPLE",
                        Secret.of("secret-" + number),
                        Secret.of("t".repeat(600)),
                        Instant.parse("2026-01-01T00:00:00Z")));
    }
}
