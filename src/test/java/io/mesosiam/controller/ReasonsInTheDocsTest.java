package io.mesosiam.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.AuditEvent;
import io.mesosiam.lease.Refusal.RefusalCode;
import io.mesosiam.lease.WaitReason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/controller.md lists exactly the existing reasons and events. */
class ReasonsInTheDocsTest {
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    @Test
    void everyWaitReasonHasARow() {
        assertThat(Stream.of("| waits: ", "| in `explain` alone: ").flatMap(head -> firstCells(head).stream()))
                .containsExactlyInAnyOrderElementsOf(
                        Stream.of(WaitReason.values()).map(WaitReason::text).toList());
    }

    @Test
    void everyRefusalCodeHasARow() {
        assertThat(firstCells("| refused: "))
                .containsExactlyInAnyOrderElementsOf(
                        Stream.of(RefusalCode.values()).map(RefusalCode::text).toList());
    }

    @Test
    void everyAuditEventTypeIsListed() {
        String kinds = docs().stream()
                .filter(line -> line.startsWith("| `kind` |"))
                .findFirst()
                .orElseThrow();

        assertThat(codes(kinds.substring("| `kind` |".length())))
                .containsExactlyInAnyOrderElementsOf(Stream.of(AuditEvent.Kind.values())
                        .map(AuditEvent.Kind::text)
                        .toList());
    }

    private static List<String> firstCells(String head) {
        return docs().stream()
                .dropWhile(line -> !line.startsWith(head))
                .skip(2)
                .takeWhile(line -> line.startsWith("|"))
                .flatMap(line -> codes(line.split("\\|", 3)[1]).stream())
                .toList();
    }

    private static List<String> codes(String text) {
        return CODE.matcher(text).results().map(found -> found.group(1)).toList();
    }

    private static List<String> docs() {
        try {
            return Files.readAllLines(Path.of("docs/controller.md"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
