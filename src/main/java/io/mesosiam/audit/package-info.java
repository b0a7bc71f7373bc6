/**
 * Keeps, reads and streams the audit trail: the table {@code audit_event}.
 *
 * <p>In: the rows that the journal and the database's triggers write. Out: partitions made ahead and dropped after their
 * retention ({@link io.mesosiam.audit.AuditPartitions}), each event once or more as a line of JSON in a file or a syslog
 * ({@link io.mesosiam.audit.AuditStream}), and pages of events that match a filter ({@link io.mesosiam.audit.AuditQuery}). This package decides nothing, and nothing waits for it.
 */
@NullMarked
package io.mesosiam.audit;

import org.jspecify.annotations.NullMarked;
