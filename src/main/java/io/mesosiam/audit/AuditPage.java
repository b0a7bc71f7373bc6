package io.mesosiam.audit;

import java.util.List;

/**
 * Events that follow one another.
 *
 * @param more whether further events that match follow these
 */
public record AuditPage(List<AuditedEvent> events, boolean more) {
    public AuditPage {
        events = List.copyOf(events);
    }
}
