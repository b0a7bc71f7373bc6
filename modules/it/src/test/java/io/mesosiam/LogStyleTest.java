package io.mesosiam;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Both programs log in one style: an event in lower case, then keys and values. */
class LogStyleTest {
    /** The output of the sandbox is for people. */
    private static final List<Path> SOURCES = List.of(
            Path.of("src/main/java"), Path.of("modules/agent/src/main/java"), Path.of("modules/wire/src/main/java"));

    /** A call that logs, up to the end of its first literal, which can be cut into several. */
    private static final Pattern CALL = Pattern.compile(
            "LOG\\s*\\.\\s*(?:infof?|warnf?|errorf?|debugf?|log)\\((?:[^\"();]|\\([^\"();]*\\))*?"
                    + "(\"(?:[^\"\\\\]|\\\\.)*\"(?:\\s*\\+\\s*\"(?:[^\"\\\\]|\\\\.)*\")*)",
            Pattern.DOTALL);

    private static final Pattern LITERAL = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");

    /** {@code agent connected mesosAgentId=%s epoch=%d}; the audit trail's event is a parameter. */
    private static final Pattern LINE =
            Pattern.compile("(?:%s|[a-z][A-Za-z0-9,' -]*?)(?: [a-zA-Z]+=(?:\"[^\"]*\"|[^\\s=]+))*");

    @Test
    void everyLogLineIsAnEventWithKeysAndValues() throws IOException {
        List<String> lines = new ArrayList<>();
        for (Path sources : SOURCES) {
            try (Stream<Path> files = Files.walk(sources)) {
                files.filter(file -> file.toString().endsWith(".java")).forEach(file -> lines.addAll(lines(file)));
            }
        }

        assertThat(lines).hasSizeGreaterThan(50).allMatch(LogStyleTest::isInStyle);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "An agent is gone; mesosAgentId=%s",
                "agents connect at %s:%d",
                "a message makes no sense: %s",
                "Mesos stream fails error=%s",
                "agent gone mesosAgentId=%s and more"
            })
    void otherStylesAreDetected(String line) {
        assertThat(isInStyle(line)).isFalse();
    }

    private static boolean isInStyle(String line) {
        return LINE.matcher(line).matches();
    }

    private static List<String> lines(Path file) {
        try {
            Matcher calls = CALL.matcher(Files.readString(file));
            return calls.results()
                    .map(call -> LITERAL.matcher(call.group(1))
                            .results()
                            .map(literal -> literal.group(1).replace("\\\"", "\""))
                            .collect(Collectors.joining()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
