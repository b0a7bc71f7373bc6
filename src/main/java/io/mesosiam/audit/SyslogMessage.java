package io.mesosiam.audit;

import java.nio.charset.StandardCharsets;
import java.time.format.DateTimeFormatter;

/**
 * An audit event as a message of syslog: facility 13 (log audit), severity 6 (informational), 5 for a refusal, 4 for a
 * failure; APP-NAME {@code mesos-iam}, MSGID {@code audit}, and the event as JSON.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5424">RFC 5424</a>
 */
final class SyslogMessage {
    private static final int FACILITY = 13;
    private static final int LONGEST_NAME = 255;
    /** RFC 5424 allows six digits of a second. */
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSX");

    private SyslogMessage() {}

    /** @param longest the most bytes that the receiver takes; a longer message leaves {@code detail} out */
    static byte[] of(AuditedEvent event, String host, int longest) {
        String header = "<%d>1 %s %s mesos-iam - audit - "
                .formatted(FACILITY * 8 + severity(event.outcome()), TIME.format(event.at()), name(host));
        byte[] whole = (header + event.line()).getBytes(StandardCharsets.UTF_8);
        return whole.length <= longest ? whole : (header + event.shortLine()).getBytes(StandardCharsets.UTF_8);
    }

    private static int severity(String outcome) {
        return switch (outcome) {
            case "failed" -> 4;
            case "refused" -> 5;
            default -> 6;
        };
    }

    /** Printable ASCII without spaces; {@code -} if there is none. */
    private static String name(String host) {
        String printable = host.replaceAll("[^!-~]", "");
        return printable.isEmpty() ? "-" : printable.substring(0, Math.min(LONGEST_NAME, printable.length()));
    }
}
