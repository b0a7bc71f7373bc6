package io.mesosiam;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Code, log lines, messages and docs use plain words: none of those that a reader has to guess at. */
class PlainWordsTest {
    private static final List<Path> PLACES = List.of(
            Path.of("src/main"),
            Path.of("modules/wire/src/main"),
            Path.of("modules/agent/src/main"),
            Path.of("modules/sandbox/src/main"),
            Path.of("docs"),
            Path.of("openapi.yaml"),
            Path.of("README.md"),
            Path.of("CONTRIBUTING.md"),
            Path.of("CHANGELOG.md"),
            Path.of("SECURITY.md"),
            Path.of("mesos-iam"),
            Path.of("packaging"),
            Path.of("docker"));

    private static final List<Path> TESTS = List.of(
            Path.of("src/test"),
            Path.of("modules/wire/src/test"),
            Path.of("modules/agent/src/test"),
            Path.of("modules/sandbox/src/test"),
            Path.of("modules/testing/src/main"),
            Path.of("modules/it/src/test"));

    /** Unix's user without rights, as a literal. */
    private static final Pattern UNIX_USER = Pattern.compile("[\"']nobody[\"']");

    /** Words in text, and as the words of an identifier. */
    private static final Pattern REFUSED = Pattern.compile("(?<![A-Za-z])(?:"
            + "whoever|whom|somebody|nobody|for ever|meanwhile|in being|told|hears of|word of|world|what becomes of|comes by|lets go of"
            + "|thereby|thereof|hereof|wherein|whence|lest|in vain"
            + "|one that|that is to be|at the other end(?! of (?:the|a|its|this) (?:connection|socket))"
            + ")(?![a-z])");

    private static final String TEXT =
            ".*(?:\\.(?:java|md|yaml|properties|service|socket|conf|env|sh)|Dockerfile[^/]*)";

    private static final Pattern HUMP = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])");

    @Test
    void mainCodeAndDocsUsePlainWords() {
        assertThat(PLACES.stream().flatMap(PlainWordsTest::files).flatMap(PlainWordsTest::found))
                .isEmpty();
    }

    @Test
    void testsUsePlainWords() {
        assertThat(TESTS.stream()
                        .flatMap(PlainWordsTest::files)
                        .filter(file -> !file.endsWith("PlainWordsTest.java"))
                        .flatMap(PlainWordsTest::found)
                        .filter(line -> refuses(UNIX_USER.matcher(line).replaceAll(""))))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Whoever connects is refused.",
                "boolean toldOf(Host host)",
                "state of the world",
                "sendWorld()",
                "the one that wins",
                "and thereby ends",
            })
    void aRefusedWordIsFoundInTextAndInIdentifiers(String line) {
        assertThat(refuses(line)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"the controller reports the state", "a socket at the other end of the connection", "oldest"})
    void otherWordsAreNotFound(String line) {
        assertThat(refuses(line)).isFalse();
    }

    private static boolean refuses(String line) {
        return REFUSED.matcher(HUMP.matcher(line).replaceAll(" ").toLowerCase(java.util.Locale.ROOT))
                .find();
    }

    private static Stream<Path> files(Path place) {
        try (Stream<Path> all = Files.walk(place)) {
            return all
                    .filter(Files::isRegularFile)
                    .filter(file -> file.equals(place) || file.toString().matches(TEXT))
                    .sorted()
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<String> found(Path file) {
        try {
            List<String> lines = Files.readAllLines(file);
            return IntStream.range(0, lines.size())
                    .filter(i -> refuses(lines.get(i)))
                    .mapToObj(i -> file + ":" + (i + 1) + ": " + lines.get(i).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
